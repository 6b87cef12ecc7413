import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Closing waits for connections, and Node counts too many: one on which nothing was asked yet, as browsers open them before they need them, until its
 * time for headers is over; and one that was being answered when closing began, until it was idle for long. Nothing is owed to either.
 */
export function endIdleSockets(app: FastifyInstance): void {
  const underWay = new Map<Socket, number>();
  let isClosing = false;
  app.server.on('connection', (socket: Socket) => {
    if (isClosing) return void socket.destroy();
    underWay.set(socket, 0);
    socket.once('close', () => underWay.delete(socket));
  });
  app.server.on('request', ({ socket }: { socket: Socket }, response: ServerResponse) => {
    const add = (n: number) => void underWay.set(socket, (underWay.get(socket) ?? 0) + n);
    add(1);
    response.once('close', () => {
      if (socket.destroyed) return;
      add(-1);
      if (isClosing && underWay.get(socket) === 0) socket.destroySoon();
    });
  });
  app.addHook('preClose', async () => {
    isClosing = true;
    for (const [socket, requests] of underWay) if (requests === 0) socket.destroy();
  });
}
