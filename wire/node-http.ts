/** Values of Node's HTTP module. An `import` of them would load Node's own fetch and WebSocket too, at each start. */
export const { createServer, request, ServerResponse } = process.getBuiltinModule('node:http');
