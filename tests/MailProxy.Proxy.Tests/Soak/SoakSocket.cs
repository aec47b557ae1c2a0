using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MailProxy.Proxy.Tests.Soak;

/// <summary>A socket of .NET with or without SslStream, which can leave in order or with a reset. Not of our own transports, so that it shares no fault with them.</summary>
internal sealed class SoakSocket(Socket socket) : IDisposable
{
    private readonly byte[] _piece = new byte[16 * 1024];
    private readonly NetworkStream _network = new(socket, ownsSocket: false);
    private SslStream? _tls;
    private int _start;
    private int _end;

    private Stream Stream => (Stream?)_tls ?? _network;

    /// <summary>Dials.</summary>
    public static async Task<SoakSocket> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return new SoakSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>TLS as a client.</summary>
    public Task BecomeClientAsync(Predicate<X509Certificate2?> verifies, CancellationToken cancellationToken)
    {
        _tls = new SslStream(_network);
        var options = new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, certificate, _, _) => verifies(certificate as X509Certificate2) };
        return _tls.AuthenticateAsClientAsync(options, cancellationToken);
    }

    /// <summary>TLS as a server.</summary>
    public Task BecomeServerAsync(X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        _tls = new SslStream(_network);
        return _tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellationToken);
    }

    public ValueTask SendAsync(string text, CancellationToken cancellationToken) => Stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancellationToken);

    public ValueTask SendAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken) => Stream.WriteAsync(octets, cancellationToken);

    /// <summary>The next line without CRLF; null at the end.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (await FillAsync(cancellationToken))
        {
            var here = _piece.AsSpan(_start, _end - _start);
            var end = here.IndexOf((byte)'\n');
            line.Append(Encoding.Latin1.GetString(end < 0 ? here : here[..end]));
            _start += end < 0 ? here.Length : end + 1;
            if (end >= 0)
            {
                return line.ToString().TrimEnd('\r');
            }
        }

        return null;
    }

    /// <summary>Reads so many octets of the pattern; null, or what came instead. Errors: <see cref="EndOfStreamException"/>.</summary>
    public async Task<string?> ReadPatternAsync(int octets, CancellationToken cancellationToken)
    {
        for (var at = 0; at < octets;)
        {
            if (!await FillAsync(cancellationToken))
            {
                throw new EndOfStreamException();
            }

            var count = Math.Min(_end - _start, octets - at);
            if (!SoakPattern.IsAt(at, _piece.AsSpan(_start, count)))
            {
                return $"at {at}: {Encoding.Latin1.GetString(_piece, _start, Math.Min(count, 100))}";
            }

            at += count;
            _start += count;
        }

        return null;
    }

    public async Task ReadToTheEndAsync(CancellationToken cancellationToken)
    {
        while (await FillAsync(cancellationToken))
        {
            _start = _end;
        }
    }

    /// <summary>Ends our direction only.</summary>
    public async Task EndAsync()
    {
        await (_tls?.ShutdownAsync() ?? Task.CompletedTask);
        socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>The next close is a reset.</summary>
    public void WillReset() => socket.LingerState = new LingerOption(enable: true, seconds: 0);

    public void Dispose()
    {
        // Only the descriptor: SslStream's own dispose would say goodbye first.
        socket.Dispose();
        _tls?.Dispose();
        _network.Dispose();
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            (_start, _end) = (0, await Stream.ReadAsync(_piece, cancellationToken));
        }

        return _end > 0;
    }
}
