import { page } from './page.ts';

/** Served in the dashboard's place when it has not been built. */
export const NOT_BUILT = page(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Switchyard</title>
<style nonce="{nonce}">body{font:1rem/1.5 system-ui,sans-serif;max-width:38rem;margin:10vh auto;padding:0 1rem;color-scheme:light dark}</style>
<h1>The gateway runs; its dashboard is not built.</h1>
<p>Stop it and run <code>npm start</code> where the packages of <code>web/</code> can be fetched, or build it by hand and
start the gateway again:</p>
<pre>npm --prefix web ci --ignore-scripts
npm --prefix web run build</pre>
<p>The API works meanwhile: see <a href="health">health</a>, <a href="providers">providers</a> and
<a href="v1/models">v1/models</a>.</p>
</html>
`);
