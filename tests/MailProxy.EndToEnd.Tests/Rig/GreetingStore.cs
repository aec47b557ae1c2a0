using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>An IMAP store on a port of its own that accepts and greets, and answers logins only when it is told to.</summary>
internal sealed class GreetingStore : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private volatile bool _answers;

    public GreetingStore()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether it answers commands.</summary>
    public bool Answers
    {
        get => _answers;
        set => _answers = value;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
            {
                sessions.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream);
                await stream.WriteAsync("* OK [CAPABILITY IMAP4rev1] store\r\n"u8.ToArray(), _stop.Token);
                while (await reader.ReadLineAsync(_stop.Token) is { } line)
                {
                    if (_answers)
                    {
                        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{line.Split(' ')[0]} OK [CAPABILITY IMAP4rev1] in\r\n"), _stop.Token);
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The proxy has gone, or the test is over.
                client.Close();
            }
        }
    }
}
