using System.Net;
using System.Net.Sockets;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>Finds a --port-base whose ports are free. Below the kernel's ephemeral range, so that no outgoing connection of anybody takes one meanwhile.</summary>
internal static class PortBase
{
    private static readonly int[] Offsets = [24, 25, 110, 143, 465, 587, 993, 995, 4190, 7080, 7081, 7082, 7083, 7500, 9110, 9124, 9141, 9142, 9143, 9180, 9193, 9195, 9210, 9224, 9241, 9242, 9243, 9280, 9293, 9295, 9324, 9380, 9393, 9395];
    private static int _last = Random.Shared.Next(0, 90);

    /// <summary>A base that nobody else of this process was given.</summary>
    public static int Find()
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            // 90 bases from 2001 on, 211 apart: the highest port is below 32768, where the ephemeral range begins.
            var candidate = 2001 + (Interlocked.Increment(ref _last) % 90 * 211);
            if (Offsets.All(offset => IsFree(candidate + offset)))
            {
                return candidate;
            }
        }

        throw new InvalidOperationException("No free range of ports was found.");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
