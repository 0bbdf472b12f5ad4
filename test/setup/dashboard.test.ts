import { rmSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Project } from './project.ts';

/** `npm start` of a project with a dashboard. */
function start(project: Project, env: NodeJS.ProcessEnv = {}) {
  return project.run(['--dashboard', 'report.ts'], env);
}

function withDashboard(t: Test, source = 'one'): Project {
  const project = new Project(t);
  project.addDashboard(source);
  return project;
}

t.test('the first start builds the dashboard and reports it, the second does nothing', async (t) => {
  const project = withDashboard(t);
  const first = await start(project);
  t.equal(first.code, 0);
  t.match(
    first.stdout,
    /Installing 1 packages of web\/, to build the dashboard …\n[^]*Building the dashboard …\nDone in/,
  );
  t.equal(project.readDashboard(), 'one');
  t.strictSame(project.list('web/node_modules'), ['.package-lock.json', 'vite'], 'nothing else is left');
  const calls = project.npmCalls().length;

  const second = await start(project);
  t.notMatch(second.stdout, /Installing|Building/);
  t.equal(project.npmCalls().length, calls);
});

t.test('changed sources are built again, with the installed packages', async (t) => {
  const project = withDashboard(t);
  await start(project);
  const calls = project.npmCalls().length;
  project.writeText('web/src/main.tsx', 'two');
  t.match(await start(project), { code: 0, stdout: /Building the dashboard/ });
  t.equal(project.readDashboard(), 'two');
  t.equal(project.npmCalls().length, calls);
});

t.test('where it cannot be built, that is one line, and the start goes on', async (t) => {
  const project = withDashboard(t, 'broken');
  const outcome = await start(project);
  t.equal(outcome.code, 0);
  t.match(
    outcome.stderr,
    /^Could not build the dashboard: \[PARSE_ERROR\] src\/main\.tsx is broken\..*works without it\.\n$/,
  );
  t.equal(project.readDashboard(), undefined);
});

t.test('the one built before is kept until there is a better one', async (t) => {
  const project = withDashboard(t);
  await start(project);
  project.writeText('web/src/main.tsx', 'broken');
  t.match(await start(project), { code: 0, stderr: /works with the one built before\.\n$/ });
  t.equal(project.readDashboard(), 'one');
});

t.test('without a network the gateway starts, and the reason is named', async (t) => {
  const project = withDashboard(t);
  await project.run(['report.ts']);
  const outcome = await start(project, { FAKE_NPM: 'no network' });
  t.match(outcome, {
    code: 0,
    stderr: /^Could not build the dashboard: registry\.example\.org could not be reached/,
  });
  t.equal(project.list('web/node_modules'), undefined);
});

t.test('a published build without sources is served unchanged', async (t) => {
  const project = withDashboard(t);
  await start(project);
  const calls = project.npmCalls().length;
  rmSync(join(project.folder, 'web/src'), { recursive: true });
  t.match(await start(project), { code: 0, stderr: '' });
  t.equal(project.npmCalls().length, calls);
  t.equal(project.readDashboard(), 'one');
});
