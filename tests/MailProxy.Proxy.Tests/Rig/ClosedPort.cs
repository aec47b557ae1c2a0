using System.Net;
using System.Net.Sockets;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>A port on loopback that refuses connections and that nobody else is given as long as this lives: bound, and never listening.</summary>
internal sealed class ClosedPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public void Dispose() => _socket.Dispose();
}
