using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MailProxy.Transport.Linux.Connections;
using MailProxy.Transport.Linux.Native;
using MailProxy.Transport.Tls;

namespace MailProxy.Transport.Linux.Tls;

/// <summary>TLS by OpenSSL on the connection's descriptor.</summary>
internal sealed class LinuxTls(LinuxConnection connection, TimeProvider time) : ITlsFeature, IDisposable
{
    private nint _cipher;
    private bool _isServer;
    private SafeX509? _peer;

    /// <inheritdoc/>
    public bool IsEncrypted { get; private set; }

    /// <inheritdoc/>
    public SslProtocols Protocol { get; private set; }

    /// <inheritdoc/>
    public string CipherSuite => OpenSslLook.NameOfCipher(_cipher);

    /// <inheritdoc/>
    public string? ServerName { get; private set; }

    /// <inheritdoc/>
    public string? ApplicationProtocol { get; private set; }

    /// <inheritdoc/>
    public bool? IsResumed { get; private set; }

    /// <inheritdoc/>
    public X509Certificate2? VerifiedPeerCertificate => field ??= _peer is { IsClosed: false } peer ? peer.ToCertificate() : null;

    /// <inheritdoc/>
    public bool CanBind { get; private set; }

    /// <inheritdoc/>
    public byte[]? ChannelBinding(string type)
    {
        if (!connection.Reactor.IsCurrent)
        {
            throw new InvalidOperationException("OpenSSL's session is its reactor's.");
        }

        return (CanBind ? connection.Socket.Tls : null) is not { Handle: not 0 } session
            ? null
            : type switch
            {
                ChannelBindings.Exporter => OpenSslLook.ExporterOf(session.Handle),
                ChannelBindings.ServerEndPoint when _isServer => OpenSslLook.EndPointOf(session.Handle),
                _ => null,
            };
    }

    /// <inheritdoc/>
    public ValueTask<TlsOutcome> BecomeServerAsync(TlsServerSettings settings, CancellationToken cancellationToken)
    {
        var context = OpenSslServerContext.Of(settings, time);
        return HandshakeAsync(
            descriptor => context.NewSession(descriptor, time.GetUtcNow()),
            session => Look(session, isServer: true),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<TlsOutcome> BecomeClientAsync(TlsClientSettings settings, CancellationToken cancellationToken)
    {
        var context = OpenSslClientContext.Of(settings, time);
        var outcome = await HandshakeAsync(context.NewSession, session => Look(session, isServer: false), cancellationToken);
        // A server may choke on a ticket; a caller that lost its patience says nothing about tickets.
        if (outcome is TlsOutcome.HandshakeFailed or TlsOutcome.Aborted && !cancellationToken.IsCancellationRequested)
        {
            context.ForgetTickets();
        }

        return outcome;
    }

    /// <inheritdoc/>
    public void Dispose() => _peer?.Dispose();

    private async ValueTask<TlsOutcome> HandshakeAsync(Func<int, OpenSslSession> create, Action<OpenSslSession> look, CancellationToken cancellationToken)
    {
        if (IsEncrypted)
        {
            throw new InvalidOperationException("This connection is encrypted already.");
        }

        try
        {
            if (connection.Pipes.Writer.UnflushedBytes > 0)
            {
                await connection.Pipes.Writer.FlushAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return TlsOutcome.Aborted;
        }

        // Before the handshake, because these octets were sent by whoever could write to the clear connection.
        if (!connection.Pipes.Reader.ReadAhead.IsEmpty)
        {
            return TlsOutcome.BytesBehindUpgrade;
        }

        // The contexts live as long as the delegates, and those until the handshake has ended: OpenSSL calls back into them meanwhile.
        var outcome = await new TlsHandshake(connection, create, look, cancellationToken).RunAsync();
        GC.KeepAlive(create);
        return outcome;
    }

    // On the reactor, at the end of the handshake: nothing looks at the session from another thread later.
    private void Look(OpenSslSession session, bool isServer)
    {
        var handle = session.Handle;
        Protocol = OpenSslLook.ProtocolOf(handle);
        _cipher = OpenSsl.CipherOf(handle);
        ApplicationProtocol = OpenSslLook.ApplicationProtocolOf(handle);
        // Every handshake that gets here verified what was presented.
        var peer = OpenSsl.PeerCertificateOf(handle);
        if (peer.IsInvalid)
        {
            peer.Dispose();
        }
        else
        {
            _peer = peer;
        }

        ServerName = isServer ? OpenSslLook.ServerNameOf(handle) : null;
        IsResumed = OpenSsl.IsResumed(handle) == 1;
        (_isServer, CanBind) = (isServer, OpenSslLook.HasExporter(handle));
        IsEncrypted = true;
        TlsMetrics.Done(this, isServer);
    }
}
