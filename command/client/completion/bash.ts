import { ASK, unknownValues, VALUES, type Completed } from './completed.ts';

export function bash(all: readonly Completed[]): string {
  const cases = all.map(
    ({ name, options, words, names = '' }) =>
      `    ${name}) options='${options.join(' ')}' first='${words.join(' ')}' names='${names}' ;;`,
  );
  const values = Object.entries(VALUES).map(([option, names]) => `    ${option}) names=${names} ;;`);
  return `# switchyard: completion for bash
${ASK}
_switchyard() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} options='' first='' names=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${all.map(({ name }) => name).join(' ')} help' -- "$word"))
    return
  fi
  case $before in
${values.join('\n')}
    ${unknownValues(all).join('|')}) return ;;
  esac
  if [ -n "$names" ]; then
    COMPREPLY=($(compgen -W "$(_switchyard_names "$names")" -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$word"))
  elif [ "$COMP_CWORD" -eq 2 ] && [ -n "$first" ]; then
    COMPREPLY=($(compgen -W "$first" -- "$word"))
  elif [ -n "$names" ]; then
    COMPREPLY=($(compgen -W "$(_switchyard_names "$names")" -- "$word"))
  fi
}
complete -o default -F _switchyard switchyard
`;
}
