using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MailProxy.Transport.Connections;

namespace MailProxy.Transport.Tls;

/// <summary>TLS by SslStream, on any channel.</summary>
internal sealed class ConnectionTls(MailConnection connection, TimeProvider time) : ITlsFeature
{
    private SslStream? _ssl;
    private bool _wasRejected;

    /// <inheritdoc/>
    public bool IsEncrypted => _ssl is not null;

    /// <inheritdoc/>
    public SslProtocols Protocol { get; private set; }

    /// <inheritdoc/>
    public string CipherSuite { get; private set; } = "";

    /// <inheritdoc/>
    public string? ServerName { get; private set; }

    /// <inheritdoc/>
    public string? ApplicationProtocol { get; private set; }

    /// <inheritdoc/>
    public bool? IsResumed => null;

    /// <inheritdoc/>
    public X509Certificate2? VerifiedPeerCertificate { get; private set; }

    /// <inheritdoc/>
    public ValueTask<TlsOutcome> BecomeServerAsync(TlsServerSettings settings, CancellationToken cancellationToken)
    {
        var context = ServerTlsContext.Of(settings);
        return HandshakeAsync(
            (ssl, token) => ssl.AuthenticateAsServerAsync(
                (_, hello, _, _) =>
                {
                    ServerName = string.IsNullOrEmpty(hello.ServerName) ? null : hello.ServerName;
                    return ValueTask.FromResult(context.OptionsFor(ServerName, time.GetUtcNow(), VerifyClient));
                },
                null,
                token),
            cancellationToken);

        bool VerifyClient(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            var isMissingAndMayBe = certificate is null && !settings.RequireClientCertificate;
            return Remember(isMissingAndMayBe || (certificate is not null && settings.ClientAuthorities is not null && errors == SslPolicyErrors.None));
        }
    }

    /// <inheritdoc/>
    public ValueTask<TlsOutcome> BecomeClientAsync(TlsClientSettings settings, CancellationToken cancellationToken)
    {
        var options = ClientTlsContext.Of(settings).Options(
            time.GetUtcNow(), (_, certificate, _, errors) => Remember(certificate is not null && errors == SslPolicyErrors.None));
        return HandshakeAsync((ssl, token) => ssl.AuthenticateAsClientAsync(options, token), cancellationToken);
    }

    private bool Remember(bool isAccepted)
    {
        _wasRejected = !isAccepted;
        return isAccepted;
    }

    private async ValueTask<TlsOutcome> HandshakeAsync(Func<SslStream, CancellationToken, Task> handshake, CancellationToken cancellationToken)
    {
        if (_ssl is not null)
        {
            throw new InvalidOperationException("This connection is encrypted already.");
        }

        SslStream? ssl = null;
        try
        {
            await connection.Pipes.Output.FlushAsync(cancellationToken);

            // Before the handshake, because these bytes were sent by whoever could write to the clear connection.
            if (connection.Pipes.TryTakeReadAhead(out var ahead))
            {
                connection.Pipes.Input.AdvanceTo(ahead.Buffer.Start, ahead.Buffer.End);
                return TlsOutcome.BytesBehindUpgrade;
            }

            ssl = new SslStream(connection.Channel, leaveInnerStreamOpen: true);
            await handshake(ssl, cancellationToken);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            await DropAsync(ssl);
            return OutcomeOf(exception);
        }

        await AdoptAsync(ssl);
        return TlsOutcome.Done;
    }

    private async ValueTask AdoptAsync(SslStream ssl)
    {
        ApplicationProtocol = ssl.NegotiatedApplicationProtocol.Protocol.IsEmpty ? null : ssl.NegotiatedApplicationProtocol.ToString();
        // Every handshake that gets here verified what was presented; see Remember.
        VerifiedPeerCertificate = ssl.RemoteCertificate as X509Certificate2;
        // Told now, because a session's log line asks when the stream is gone.
        Protocol = ssl.SslProtocol;
        CipherSuite = ssl.NegotiatedCipherSuite.ToString();
        await connection.UpgradeAsync(ssl);
        _ssl = ssl;
        TlsMetrics.Done(this, ssl.IsServer);
    }

    private TlsOutcome OutcomeOf(Exception exception) => exception switch
    {
        AuthenticationException when _wasRejected => TlsOutcome.CertificateRejected,
        AuthenticationException when IsAboutApplicationProtocol(exception) => TlsOutcome.WrongApplicationProtocol,
        AuthenticationException => TlsOutcome.HandshakeFailed,
        _ => TlsOutcome.Aborted,
    };

    private static bool IsAboutApplicationProtocol(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause.Message.Contains("application protocol", StringComparison.OrdinalIgnoreCase)
                || cause.Message.Contains("alpn", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static ValueTask DropAsync(SslStream? ssl) => ssl?.DisposeAsync() ?? ValueTask.CompletedTask;
}
