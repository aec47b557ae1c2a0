using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using MailProxy.Transport.Connections;
using MailProxy.Transport.Linux.Reactors;
using MailProxy.Transport.Linux.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace MailProxy.Transport.Linux.Connections;

/// <summary>A connection on a reactor. What an idle, spliced one does not need is in <see cref="DialogueParts"/>.</summary>
internal sealed class LinuxConnection : ConnectionContext, ISocketOwner, IHomeThreadFeature, IPrefaceFeature
{
    // How long the last octets of a connection may take to leave when it is disposed; a peer that does not read gets a reset then.
    private static readonly TimeSpan LastWordsLimit = TimeSpan.FromSeconds(5);

    private static long _lastId;

    private DialogueParts? _parts;
    private LinuxTls? _tls;
    private CancellationTokenSource? _closed;
    private bool _isAborted;
    private bool _isDisposed;
    private bool _wasSendEnded;

    /// <summary>Takes a connected, non-blocking descriptor over; on the reactor's thread.</summary>
    /// <param name="reactor">Where it lives from now on.</param>
    /// <param name="descriptor">The socket.</param>
    /// <param name="remote">The peer's address.</param>
    /// <param name="local">Ours; null: asked of the system when somebody wants to know.</param>
    /// <param name="isAccepted">Accepted, so that it has its listener's options.</param>
    public LinuxConnection(Reactor reactor, int descriptor, EndPoint? remote, EndPoint? local, bool isAccepted)
    {
        RemoteEndPoint = remote;
        base.LocalEndPoint = local;
        Socket = new LinuxSocket(reactor, descriptor, this, isAccepted);
    }

    /// <inheritdoc/>
    public override string ConnectionId
    {
        get => Parts.Id ??= "c" + Interlocked.Increment(ref _lastId).ToString("x", CultureInfo.InvariantCulture);
        set => Parts.Id = value;
    }

    /// <inheritdoc/>
    public override IFeatureCollection Features => Parts.Features ??= new ConnectionFeatures(this);

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get => Parts.Items ??= []; set => Parts.Items = new ConnectionItems(value); }

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get => Parts.Wrapped ?? Pipes; set => Parts.Wrapped = value; }

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed
    {
        get
        {
            if (base.ConnectionClosed is { CanBeCanceled: true } replaced)
            {
                return replaced;
            }

            var source = _closed ?? Interlocked.CompareExchange(ref _closed, new CancellationTokenSource(), null) ?? _closed;
            if (Volatile.Read(ref _isAborted))
            {
                source.Cancel();
            }

            return source.Token;
        }

        set => base.ConnectionClosed = value;
    }

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint { get => base.LocalEndPoint ??= Socket.ReadLocalEndPoint(); set => base.LocalEndPoint = value; }

    /// <summary>The descriptor.</summary>
    public LinuxSocket Socket { get; }

    /// <summary>Where everything about this connection happens.</summary>
    public Reactor Reactor => Socket.Reactor;

    /// <summary>TLS on this connection, or none yet.</summary>
    public LinuxTls Tls => _tls ??= new LinuxTls(this, Reactor.Time);

    /// <summary>True after an abort or the end of a dispose.</summary>
    public bool IsAborted => Volatile.Read(ref _isAborted);

    /// <summary>The pipes over the socket, even when a user of the connection wrapped <see cref="Transport"/>.</summary>
    public LinuxPipes Pipes => Parts.Pipes ??= new LinuxPipes(this);

    private DialogueParts Parts => _parts ??= new DialogueParts();

    /// <summary>The dialogue is over: whatever it needed is dropped; a later use makes it anew.</summary>
    public void BecomeBare()
    {
        _parts = null;
        if (_tls is { IsEncrypted: false })
        {
            _tls = null;
        }

        if (!_isAborted)
        {
            // Nobody asks any more whether the client went away: the splice sees it.
            _closed = null;
        }
    }

    /// <summary>Ends our direction: close_notify when encrypted, then FIN. The peer may go on sending.</summary>
    public Task ShutdownSendAsync()
    {
        if (_wasSendEnded)
        {
            return Task.CompletedTask;
        }

        var parts = Parts;
        if (parts.Shutdown is { } known)
        {
            return known;
        }

        lock (parts)
        {
            if (parts.Shutdown is { } first)
            {
                return first;
            }

            var ending = new SendEnding(this);
            parts.Shutdown = ending.Ended;
            Run(static self => ((SendEnding)self!).OnReady(), ending);
            return ending.Ended;
        }
    }

    /// <summary>The same for callers that cannot wait; <see cref="DisposeAsync"/> does.</summary>
    public void StartShutdownSend() => _ = Pipes.Writer.CompleteAsync().AsTask();

    /// <summary>Our direction was ended by the splice already.</summary>
    public void SendWasEnded() => Volatile.Write(ref _wasSendEnded, true);

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (Interlocked.Exchange(ref _isAborted, true))
        {
            return;
        }

        Run(static self => ((LinuxConnection)self!).Socket.Close(isReset: true), this);
        SayClosed();
    }

    /// <inheritdoc/>
    void ISocketOwner.Abort() => Abort();

    /// <inheritdoc/>
    public void OnPeerGone() => SayClosed();

    /// <summary>Both directions have ended: closes in order at once, on the reactor's thread.</summary>
    public void CloseNow()
    {
        if (!Interlocked.Exchange(ref _isAborted, true))
        {
            CloseInOrder();
        }
    }

    /// <summary>Says what is still to be said (bounded), then closes in order; after an <see cref="Abort(ConnectionAbortedException)"/> only gives back.</summary>
    [SuppressMessage("Usage", "CA2215", Justification = "The base class does nothing, and most connections end without waiting.")]
    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return ValueTask.CompletedTask;
        }

        if (IsAborted)
        {
            GiveBack();
            return ValueTask.CompletedTask;
        }

        var saying = Pipes.Writer.CompleteAsync();
        if (!saying.IsCompletedSuccessfully)
        {
            return DisposeSlowlyAsync(saying.AsTask());
        }

        CloseAndGiveBack();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    object IHomeThreadFeature.Home => Reactor;

    /// <inheritdoc/>
    public ValueTask ReturnAsync() => Reactor.IsCurrent ? ValueTask.CompletedTask : new ValueTask(new WayHome(Reactor), 0);

    /// <inheritdoc/>
    ValueTask<int> IPrefaceFeature.ReceiveAsync(Memory<byte> target, CancellationToken cancellationToken) => Pipes.Reader.ReceiveAsync(target, cancellationToken);

    /// <summary>Runs on the reactor: now when this is its thread, else soon.</summary>
    public void Run(SendOrPostCallback action, object state)
    {
        if (Reactor.IsCurrent)
        {
            action(state);
        }
        else
        {
            Reactor.Post(action, state);
        }
    }

    private async ValueTask DisposeSlowlyAsync(Task saying)
    {
        try
        {
            await saying.WaitAsync(LastWordsLimit, Reactor.Time);
        }
        catch (Exception exception) when (exception is TimeoutException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The peer is gone or does not read: nothing more can be said to it.
            Abort();
        }

        CloseAndGiveBack();
    }

    private void CloseAndGiveBack()
    {
        if (!Interlocked.Exchange(ref _isAborted, true))
        {
            Run(static self => ((LinuxConnection)self!).CloseInOrder(), this);
        }

        GiveBack();
    }

    private void GiveBack()
    {
        if (_parts?.Pipes is { } pipes)
        {
            pipes.Reader.Complete();
            if (pipes.Writer.UnflushedBytes > 0)
            {
                Run(static self => ((LinuxPipes)self!).Writer.Discard(), pipes);
            }
        }

        _closed?.Cancel();
        _tls?.Dispose();
    }

    private void CloseInOrder()
    {
        Socket.DiscardReceived();
        Socket.Close(isReset: false);
    }

    // Elsewhere, because whoever finds a connection closed must not run other people's callbacks.
    private void SayClosed()
    {
        if (Volatile.Read(ref _closed) is { } closed)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), closed, preferLocal: false);
        }
    }
}
