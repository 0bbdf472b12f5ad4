import { ASK, unknownValues, unquoted, VALUES, type Completed } from './completed.ts';

export function zsh(all: readonly Completed[]): string {
  const described = all.map(({ name, does }) => `    '${name}:${unquoted(does).replaceAll(':', '\\:')}'`);
  const cases = all.map(
    ({ name, options, words, names = '' }) =>
      `    ${name}) options=(${options.join(' ')}) first=(${words.join(' ')}) names='${names}' ;;`,
  );
  const values = Object.entries(VALUES).map(([option, names]) => `    ${option}) names=${names} ;;`);
  return `#compdef switchyard
# switchyard: completion for zsh
${ASK}
_switchyard() {
  local -a subcommands options first
  local names=''
  subcommands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe subcommand subcommands
    return
  fi
  case $words[CURRENT-1] in
${values.join('\n')}
    ${unknownValues(all).join('|')}) return ;;
  esac
  if [[ -n $names ]]; then
    compadd -- \${(f)"$(_switchyard_names $names)"}
    return
  fi
  case $words[2] in
${cases.join('\n')}
  esac
  if [[ $words[CURRENT] == -* ]]; then
    compadd -- $options
  elif (( CURRENT == 3 && $#first > 0 )); then
    compadd -- $first
  elif [[ -n $names ]]; then
    compadd -- \${(f)"$(_switchyard_names $names)"}
  else
    _files
  fi
}
compdef _switchyard switchyard
`;
}
