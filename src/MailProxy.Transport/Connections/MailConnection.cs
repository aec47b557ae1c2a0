using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using MailProxy.Transport.Splice;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace MailProxy.Transport.Connections;

/// <summary>A connection of the managed transports: a channel, TLS on it or not, and pipes over whichever is on top.</summary>
internal sealed class MailConnection : ConnectionContext, IPrefaceFeature
{
    // How long the last octets of a connection may take to leave when it is disposed; a peer that does not read gets a reset then.
    private static readonly TimeSpan LastWordsLimit = TimeSpan.FromSeconds(5);

    private static long _lastId;

    private readonly CancellationTokenSource _closed = new();
    private readonly Lock _shutdownGate = new();
    private readonly TimeProvider _time;
    private ConnectionPipes _pipes;
    private TlsStream? _tls;
    private Task? _shutdown;
    private IDictionary<object, object?>? _items;
    private IDuplexPipe _transport;
    private bool _isAborted;
    private bool _isDisposed;

    /// <summary>A connection in clear.</summary>
    public MailConnection(ByteChannel channel, SpliceSweep sweep, TimeProvider time)
    {
        Channel = channel;
        _time = time;
        ConnectionId = "c" + Interlocked.Increment(ref _lastId).ToString("x", CultureInfo.InvariantCulture);
        LocalEndPoint = channel.LocalEndPoint;
        RemoteEndPoint = channel.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
        _transport = _pipes = new ConnectionPipes(this, channel);
        Features.Set<ITlsFeature>(new ConnectionTls(this, time));
        Features.Set<ISpliceFeature>(new ConnectionSplice(this, sweep));
        Features.Set<IPrefaceFeature>(this);
    }

    /// <inheritdoc/>
    public override string ConnectionId { get; set; }

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; } = new FeatureCollection(initialCapacity: 3);

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get => _items ??= new ConnectionItems(); set => _items = value; }

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get => _transport; set => _transport = value; }

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed { get; set; }

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint { get; set; }

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint { get; set; }

    /// <summary>The octets below TLS.</summary>
    public ByteChannel Channel { get; }

    /// <summary>Plain text: TLS where there is TLS, else the channel.</summary>
    public Stream Stream => (Stream?)_tls ?? Channel;

    /// <summary>The pipes over <see cref="Stream"/>, even when a user of the connection wrapped <see cref="Transport"/>.</summary>
    public ConnectionPipes Pipes => _pipes;

    /// <inheritdoc/>
    ValueTask<int> IPrefaceFeature.ReceiveAsync(Memory<byte> target, CancellationToken cancellationToken) => Channel.ReadAsync(target, cancellationToken);

    /// <summary>Puts TLS on top: new pipes, the old ones are given back.</summary>
    public async ValueTask UpgradeAsync(SslStream ssl)
    {
        var clear = _pipes;
        _tls = new TlsStream(ssl);
        _transport = _pipes = new ConnectionPipes(this, _tls);
        await clear.RetireAsync();
    }

    /// <summary>Ends our direction: close_notify when encrypted, then FIN. The peer may go on sending.</summary>
    public Task ShutdownSendAsync()
    {
        lock (_shutdownGate)
        {
            return _shutdown ??= ShutdownSendOnceAsync();
        }
    }

    /// <summary>The same for callers that cannot wait; <see cref="DisposeAsync"/> does.</summary>
    public void StartShutdownSend() => _ = ShutdownSendAsync();

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (Interlocked.Exchange(ref _isAborted, true))
        {
            return;
        }

        Channel.Abort();
        // Elsewhere, because whoever aborts must not run other people's callbacks.
        ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);
    }

    /// <summary>Says what is still to be said (bounded), then closes in order; after an <see cref="Abort(ConnectionAbortedException)"/> only gives back.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        if (!_isAborted)
        {
            await SayLastWordsAsync();
        }

        await _pipes.Input.CompleteAsync();
        await Channel.DisposeAsync();
        if (_tls is not null)
        {
            await _tls.DisposeAsync();
        }

        if (!Interlocked.Exchange(ref _isAborted, true))
        {
            await _closed.CancelAsync();
        }

        await base.DisposeAsync();
    }

    private async Task SayLastWordsAsync()
    {
        try
        {
            await LastWordsAsync().WaitAsync(LastWordsLimit, _time);
            Channel.DiscardReceived();
        }
        catch (Exception exception) when (exception is TimeoutException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The peer is gone or does not read: nothing more can be said to it.
            Channel.Abort();
        }
    }

    private async Task LastWordsAsync()
    {
        await _pipes.Output.CompleteAsync();
        await ShutdownSendAsync();
    }

    private async Task ShutdownSendOnceAsync()
    {
        try
        {
            await (_tls?.ShutdownAsync() ?? Task.CompletedTask);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // A peer that is gone needs no close_notify, and one that got none must not take our end for an orderly one.
            Channel.Abort();
            return;
        }

        Channel.ShutdownSend();
    }
}
