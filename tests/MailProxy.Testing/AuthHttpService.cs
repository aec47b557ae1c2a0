using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailProxy.Testing;

/// <summary>A service that speaks nginx's auth_http protocol, down to the octets: what it answers, a test writes, be it HTTP or not.</summary>
public sealed class AuthHttpService : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<AuthHttpRequest, CancellationToken, Task<string>> _answer;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, Task> _connections = new();
    private readonly Task _accepting;
    private int _accepted;

    /// <summary>Listens on 127.0.0.1.</summary>
    /// <param name="answer">What goes back, each character an octet; empty: the connection is closed instead.</param>
    /// <param name="port">0: any that is free.</param>
    public AuthHttpService(Func<AuthHttpRequest, CancellationToken, Task<string>> answer, int port = 0)
    {
        _answer = answer;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The same for answers that are ready.</summary>
    public AuthHttpService(Func<AuthHttpRequest, string> answer, int port = 0)
        : this((request, _) => Task.FromResult(answer(request)), port)
    {
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>For configurations.</summary>
    public string Url => $"http://127.0.0.1:{Port}/auth";

    /// <summary>Every request so far.</summary>
    public ConcurrentQueue<AuthHttpRequest> Requests { get; } = new();

    /// <summary>Connections taken so far on which something was asked.</summary>
    public int Connections => Volatile.Read(ref _accepted);

    /// <summary>An answer with these headers, <c>Name: value</c>.</summary>
    public static string Answer(params string[] headers) => Status("200 OK", headers);

    /// <summary>An answer with another status.</summary>
    public static string Status(string status, params string[] headers) =>
        $"HTTP/1.1 {status}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}Content-Length: 0\r\n\r\n";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        foreach (var socket in _connections.Keys)
        {
            socket.Dispose();
        }

        await _accepting;
        await Task.WhenAll(_connections.Values);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                _connections[socket] = ServeAsync(socket);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is disposed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        try
        {
            using (socket)
            {
                var buffer = new byte[64 * 1024];
                var filled = 0;
                var isFirst = true;
                while (true)
                {
                    var end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
                    if (end < 0)
                    {
                        var read = await socket.ReceiveAsync(buffer.AsMemory(filled), _stop.Token);
                        if (read == 0)
                        {
                            return;
                        }

                        filled += read;
                        continue;
                    }

                    Interlocked.Add(ref _accepted, isFirst ? 1 : 0);
                    isFirst = false;
                    var request = AuthHttpRequest.Parse(Encoding.Latin1.GetString(buffer, 0, end));
                    buffer.AsSpan(end + 4, filled - end - 4).CopyTo(buffer);
                    filled -= end + 4;
                    Requests.Enqueue(request);
                    var answer = await _answer(request, _stop.Token);
                    if (answer.Length == 0)
                    {
                        return;
                    }

                    await socket.SendAsync(Encoding.Latin1.GetBytes(answer), _stop.Token);
                    if (answer.Contains("Connection: close", StringComparison.Ordinal) || !request.IsPersistent)
                    {
                        return;
                    }
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The other side or the test is through with it.
        }
    }
}
