using System.Net.Sockets;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Relaying;

/// <summary>Waits for servers that say nothing when they are ready.</summary>
internal static class UnixSockets
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Until somebody takes connections at a UNIX socket.</summary>
    public static async Task AppearsAsync(string path, WatchedProcess server)
    {
        var until = DateTime.UtcNow + Patience;
        while (true)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
                return;
            }
            catch (SocketException)
            {
                Assert.True(DateTime.UtcNow < until, $"Nobody listens at {path}:\n{server.Output}");
                await Beat.WaitAsync(50);
            }
        }
    }
}
