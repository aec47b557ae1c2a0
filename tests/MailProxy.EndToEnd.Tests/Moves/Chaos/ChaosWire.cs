using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>A client's connection that takes nothing but what the protocols allow: lines end in CRLF, and in nothing else.</summary>
internal sealed class ChaosWire : IAsyncDisposable
{
    private const int LineLimit = 65_536;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[16_384];
    private int _from;
    private int _to;

    private ChaosWire(Socket socket) => _socket = socket;

    /// <summary>Connects. Errors: SocketException.</summary>
    public static async Task<ChaosWire> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return new ChaosWire(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends octets as they are.</summary>
    public async Task SayAsync(string text)
    {
        try
        {
            var octets = Encoding.Latin1.GetBytes(text);
            for (var sent = 0; sent < octets.Length;)
            {
                sent += await _socket.SendAsync(octets.AsMemory(sent)).AsTask().WaitAsync(Patience);
            }
        }
        catch (SocketException)
        {
            throw new ChaosCutException(false, true, "");
        }
    }

    /// <summary>A line without its CRLF.</summary>
    /// <exception cref="ChaosCutException">There is none any more.</exception>
    /// <exception cref="ChaosCorruptException">A bare CR or LF, or a line without end.</exception>
    public async Task<string> LineAsync()
    {
        var line = new StringBuilder();
        while (true)
        {
            while (_from < _to)
            {
                var octet = (char)_buffer[_from++];
                var isAfterReturn = line.Length > 0 && line[^1] == '\r';
                if (octet == '\n' && isAfterReturn)
                {
                    return line.ToString(0, line.Length - 1);
                }

                if (octet == '\n' || isAfterReturn || octet == 0 || line.Length > LineLimit)
                {
                    throw new ChaosCorruptException($"a bare CR or LF, a NUL, or a line without end: '{line}'");
                }

                line.Append(octet);
            }

            await FillAsync(line.Length > 0, line.ToString());
        }
    }

    /// <summary>So many octets.</summary>
    public async Task<string> OctetsAsync(int count)
    {
        var text = new StringBuilder(count);
        while (text.Length < count)
        {
            if (_from == _to)
            {
                await FillAsync(true, $"literal of {count}, {text.Length} came");
            }

            var some = Math.Min(count - text.Length, _to - _from);
            text.Append(Encoding.Latin1.GetString(_buffer, _from, some));
            _from += some;
        }

        return text.ToString();
    }

    /// <summary>Nothing but the end may come.</summary>
    public async Task EndAsync()
    {
        try
        {
            throw new ChaosCorruptException($"octets behind the goodbye: '{await LineAsync()}'");
        }
        catch (ChaosCutException cut) when (!cut.IsTorn)
        {
            // As it should be.
            return;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task FillAsync(bool isTorn, string text)
    {
        try
        {
            _from = 0;
            _to = await _socket.ReceiveAsync(_buffer.AsMemory()).AsTask().WaitAsync(Patience);
        }
        catch (SocketException)
        {
            _to = 0;
            throw new ChaosCutException(isTorn, true, text);
        }

        if (_to == 0)
        {
            throw new ChaosCutException(isTorn, false, text);
        }
    }
}
