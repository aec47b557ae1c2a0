using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailProxy.EndToEnd.Tests.Nginx;

/// <summary>A store as simple as one can be, behind either proxy: it notes who logs in by which password, says yes and then echoes NOOP's answer.</summary>
internal sealed partial class RecordingStore : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _protocol;
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly Task _accepting;

    public RecordingStore(string protocol)
    {
        _protocol = protocol;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Names and passwords, each character an octet.</summary>
    public ConcurrentQueue<(string Name, string Password)> Logins { get; } = new();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }

        await _accepting;
    }

    [System.Text.RegularExpressions.GeneratedRegex("\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial System.Text.RegularExpressions.Regex Quoted();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync();
                _sockets.Add(socket);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is disposed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            await using var writer = new StreamWriter(stream, Encoding.Latin1) { AutoFlush = true, NewLine = "\r\n" };
            await (_protocol switch
            {
                "imap" => ImapAsync(reader, writer),
                "pop3" => Pop3Async(reader, writer),
                _ => SmtpAsync(reader, writer),
            });
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The proxy is gone.
        }
    }

    private async Task ImapAsync(StreamReader reader, StreamWriter writer)
    {
        await writer.WriteLineAsync("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] store");
        while (await reader.ReadLineAsync() is { } line)
        {
            var (tag, verb, rest) = line.Split(' ', 3) is [var t, var v, var r] ? (t, v, r) : (line.Split(' ')[0], line.Split(' ')[1], "");
            switch (verb.ToUpperInvariant())
            {
                case "LOGIN" when rest.StartsWith('"'):
                    var quoted = Quoted().Matches(rest).Select(match => match.Groups[1].Value.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal)).ToArray();
                    Note(quoted[0], quoted[1]);
                    await writer.WriteLineAsync($"{tag} OK [CAPABILITY IMAP4rev1] in");
                    break;
                case "LOGIN":
                    // nginx sends both as literals, each synchronizing.
                    var name = await LiteralAsync(rest, reader, writer);
                    var second = (await reader.ReadLineAsync())!;
                    Note(name, await LiteralAsync(second.TrimStart(), reader, writer));
                    await reader.ReadLineAsync();
                    await writer.WriteLineAsync($"{tag} OK [CAPABILITY IMAP4rev1] in");
                    break;
                case "AUTHENTICATE":
                    Plain(rest.Split(' ')[1]);
                    await writer.WriteLineAsync($"{tag} OK [CAPABILITY IMAP4rev1] in");
                    break;
                case "CAPABILITY":
                    await writer.WriteLineAsync($"* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n{tag} OK done");
                    break;
                default:
                    await writer.WriteLineAsync($"{tag} OK done");
                    break;
            }
        }
    }

    private static async Task<string> LiteralAsync(string header, StreamReader reader, StreamWriter writer)
    {
        var octets = int.Parse(header.Trim('{', '}', '+', ' '), System.Globalization.CultureInfo.InvariantCulture);
        await writer.WriteLineAsync("+ go on");
        var text = new char[octets];
        await reader.ReadBlockAsync(text);
        return new string(text);
    }

    private async Task Pop3Async(StreamReader reader, StreamWriter writer)
    {
        await writer.WriteLineAsync("+OK store");
        var name = "";
        while (await reader.ReadLineAsync() is { } line)
        {
            switch (line.Split(' ')[0].ToUpperInvariant())
            {
                case "USER":
                    name = line[5..];
                    await writer.WriteLineAsync("+OK");
                    break;
                case "PASS":
                    Note(name, line[5..]);
                    await writer.WriteLineAsync("+OK in");
                    break;
                case "AUTH":
                    Plain(line.Split(' ')[2]);
                    await writer.WriteLineAsync("+OK in");
                    break;
                case "CAPA":
                    await writer.WriteLineAsync("+OK\r\nUSER\r\nSASL PLAIN\r\n.");
                    break;
                default:
                    await writer.WriteLineAsync("+OK");
                    break;
            }
        }
    }

    private async Task SmtpAsync(StreamReader reader, StreamWriter writer)
    {
        await writer.WriteLineAsync("220 store ESMTP");
        while (await reader.ReadLineAsync() is { } line)
        {
            switch (line.Split(' ')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await writer.WriteLineAsync("250-store\r\n250 AUTH PLAIN");
                    break;
                case "AUTH":
                    Plain(line.Split(' ')[2]);
                    await writer.WriteLineAsync("235 2.7.0 in");
                    break;
                default:
                    await writer.WriteLineAsync("250 2.0.0 OK");
                    break;
            }
        }
    }

    private void Plain(string base64)
    {
        var parts = Encoding.Latin1.GetString(Convert.FromBase64String(base64)).Split('\0');
        Note(parts[1], parts[2]);
    }

    private void Note(string name, string password) => Logins.Enqueue((name, password));
}
