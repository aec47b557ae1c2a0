using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailProxy.EndToEnd.Tests.Moves;

/// <summary>A client without any knowledge: sends octets and reads octets, to the last one.</summary>
internal sealed class PlainClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly List<byte> _line = [];
    private readonly byte[] _buffer = new byte[65_536];
    private int _from;
    private int _to;

    private PlainClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket);
    }

    /// <summary>Connects and reads the greeting.</summary>
    public static async Task<PlainClient> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var client = new PlainClient(socket);
        await client.LineAsync();
        return client;
    }

    /// <summary>An IMAP session of a user with INBOX selected.</summary>
    public static async Task<PlainClient> SelectAsync(int port, string user)
    {
        var client = await ConnectAsync(port);
        await client.SayAsync($"a LOGIN {user} secret\r\n");
        await client.SeeAsync("a OK");
        await client.SayAsync("b SELECT INBOX\r\n");
        await client.SeeAsync("b OK");
        return client;
    }

    /// <summary>Sends.</summary>
    public async Task SayAsync(string octets) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(octets));

    /// <summary>The next line with its end; what came before the end of the stream if there is no line any more; empty: the end.</summary>
    public async Task<string> LineAsync()
    {
        _line.Clear();
        while (_line is not [.., (byte)'\n'] && await FillAsync())
        {
            _line.Add(_buffer[_from++]);
        }

        return Encoding.Latin1.GetString([.. _line]);
    }

    /// <summary>Reads to a line that begins so; all that was read.</summary>
    public async Task<string> SeeAsync(string start)
    {
        var text = new StringBuilder();
        while (true)
        {
            var line = await LineAsync();
            text.Append(line);
            if (line.StartsWith(start, StringComparison.Ordinal))
            {
                return text.ToString();
            }

            if (line.Length == 0)
            {
                throw new IOException($"the connection ended before '{start}':\n{text}");
            }
        }
    }

    /// <summary>All octets to the end; with <paramref name="mayBeReset"/> also to one by force.</summary>
    public async Task<string> RestAsync(bool mayBeReset = false)
    {
        var text = new StringBuilder();
        try
        {
            while (await LineAsync() is { Length: > 0 } line)
            {
                text.Append(line);
            }
        }
        catch (IOException) when (mayBeReset)
        {
            text.Append(Encoding.Latin1.GetString([.. _line]));
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private async Task<bool> FillAsync()
    {
        if (_from == _to)
        {
            _from = 0;
            _to = await _stream.ReadAsync(_buffer).AsTask().WaitAsync(Patience);
        }

        return _to > 0;
    }
}
