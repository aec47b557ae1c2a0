using System.Net.Sockets;
using System.Text;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>The smallest SMTP client there is: sends octets exactly as given and says what was answered.</summary>
internal sealed class MailSender : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TcpClient _client;
    private readonly StreamReader _reader;
    private readonly NetworkStream _stream;

    private MailSender(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
        _reader = new StreamReader(_stream, Encoding.Latin1);
    }

    /// <summary>Connects and greets.</summary>
    public static async Task<MailSender> ConnectAsync(int port)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        var sender = new MailSender(client);
        await sender.ReadReplyAsync();
        await sender.CommandAsync("EHLO client.example.net");
        return sender;
    }

    /// <summary>One message on a connection of its own; it must be taken.</summary>
    public static async Task SendAsync(int port, string from, IReadOnlyList<string> to, string message)
    {
        await using var sender = await ConnectAsync(port);
        var answer = await sender.DeliverAsync(from, to, message);
        if (!answer.StartsWith('2'))
        {
            throw new InvalidOperationException(answer);
        }
    }

    /// <summary>One transaction; the answer to the message (or to the first command that was refused).</summary>
    public async Task<string> DeliverAsync(string from, IReadOnlyList<string> to, string message)
    {
        foreach (var command in (string[])[$"MAIL FROM:<{from}>", .. to.Select(address => $"RCPT TO:<{address}>"), "DATA"])
        {
            var reply = await CommandAsync(command);
            if (reply[0] is not ('2' or '3'))
            {
                return reply;
            }
        }

        var stuffed = message.Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        await _stream.WriteAsync(Encoding.Latin1.GetBytes((stuffed.StartsWith('.') ? "." : "") + stuffed + ".\r\n"));
        return await ReadReplyAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
    }

    private async Task<string> CommandAsync(string command)
    {
        await _stream.WriteAsync(Encoding.Latin1.GetBytes(command + "\r\n"));
        return await ReadReplyAsync();
    }

    private async Task<string> ReadReplyAsync()
    {
        while (true)
        {
            var line = await _reader.ReadLineAsync().WaitAsync(Patience) ?? throw new IOException("The server closed the connection.");
            if (line.Length < 4 || line[3] != '-')
            {
                return line;
            }
        }
    }
}
