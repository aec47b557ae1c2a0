using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace MailProxy.EndToEnd.Tests.Nginx;

/// <summary>A mail client's side of a few lines; each character is an octet.</summary>
internal sealed class MailTalk : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TcpClient _client;
    private readonly Stream _stream;
    private readonly StreamReader _reader;

    private MailTalk(TcpClient client, Stream stream)
    {
        (_client, _stream) = (client, stream);
        _reader = new StreamReader(stream, Encoding.Latin1);
    }

    /// <summary>Connects and reads the greeting.</summary>
    public static async Task<MailTalk> ConnectAsync(int port, SslProtocols tls = SslProtocols.None)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        Stream stream = client.GetStream();
        if (tls != SslProtocols.None)
        {
            // Whose certificate it is matters elsewhere.
            var encrypted = new SslStream(stream, false, (_, certificate, _, _) => certificate is not null);
            await encrypted.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = tls,

                // One suite of each version: which of several is taken is the servers' own affair.
                CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]),
            });
            stream = encrypted;
        }

        var talk = new MailTalk(client, stream);
        await talk.ReadAsync();
        return talk;
    }

    /// <summary>Sends a line; the first line of the answer, or of what has this beginning.</summary>
    public async Task<string> SayAsync(string line, string beginning = "")
    {
        await _stream.WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"));
        while (true)
        {
            var answer = await ReadAsync();
            if (answer is null || answer.StartsWith(beginning, StringComparison.Ordinal))
            {
                return answer ?? "(closed)";
            }
        }
    }

    /// <summary>The next line; null: the end.</summary>
    public async Task<string?> ReadAsync()
    {
        try
        {
            return await _reader.ReadLineAsync().WaitAsync(Patience);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await _stream.DisposeAsync();
        _client.Dispose();
    }
}
