using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using MailProxy.Transport.Linux.Reactors;
using MailProxy.Transport.Linux.Splice;
using MailProxy.Transport.Linux.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace MailProxy.Transport.Linux.Connections;

/// <summary>A connection on a reactor. What an idle, spliced one does not need (pipes, features, texts) is made when asked for and dropped.</summary>
internal sealed class LinuxConnection : ConnectionContext, ISocketOwner
{
    // How long the last octets of a connection may take to leave when it is disposed; a peer that does not read gets a reset then.
    private static readonly TimeSpan LastWordsLimit = TimeSpan.FromSeconds(5);

    private static long _lastId;

    private readonly long _id = Interlocked.Increment(ref _lastId);
    private readonly TimeProvider _time;
    private IDuplexPipe? _wrapped;
    private LinuxPipes? _pipes;
    private LinuxTls? _tls;
    private ConnectionFeatures? _features;
    private ConnectionItems? _items;
    private CancellationTokenSource? _closed;
    private EndPoint? _local;
    private Task? _shutdown;
    private bool _isAborted;
    private bool _isDisposed;

    /// <summary>Takes a connected, non-blocking descriptor over; on the reactor's thread.</summary>
    public LinuxConnection(Reactor reactor, int descriptor, EndPoint? remote, EndPoint? local, TimeProvider time)
    {
        _time = time;
        _local = local;
        RemoteEndPoint = remote;
        Socket = new LinuxSocket(reactor, descriptor, this);
    }

    /// <inheritdoc/>
    public override string ConnectionId { get => field ??= "c" + _id.ToString("x", CultureInfo.InvariantCulture); set; }

    /// <inheritdoc/>
    public override IFeatureCollection Features => _features ??= new ConnectionFeatures(Tls, new LinuxSplice(this));

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get => _items ??= []; set => _items = new ConnectionItems(value); }

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get => _wrapped ?? Pipes; set => _wrapped = value; }

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed
    {
        get
        {
            var source = _closed ?? Interlocked.CompareExchange(ref _closed, new CancellationTokenSource(), null) ?? _closed;
            if (Volatile.Read(ref _isAborted))
            {
                source.Cancel();
            }

            return source.Token;
        }

        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint { get => _local ??= Socket.ReadLocalEndPoint(); set => _local = value; }

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint { get; set; }

    /// <summary>The descriptor.</summary>
    public LinuxSocket Socket { get; }

    /// <summary>Where everything about this connection happens.</summary>
    public Reactor Reactor => Socket.Reactor;

    /// <summary>TLS on this connection, or none yet.</summary>
    public LinuxTls Tls => _tls ??= new LinuxTls(this, _time);

    /// <summary>True after an abort or the end of a dispose.</summary>
    public bool IsAborted => Volatile.Read(ref _isAborted);

    /// <summary>The pipes over the socket, even when a user of the connection wrapped <see cref="Transport"/>.</summary>
    public LinuxPipes Pipes => _pipes ??= new LinuxPipes(this);

    /// <summary>Pipes that are empty are not kept; the next use makes new ones.</summary>
    public void DropPipes() => _pipes = null;

    /// <summary>Ends our direction: close_notify when encrypted, then FIN. The peer may go on sending.</summary>
    public Task ShutdownSendAsync()
    {
        if (Volatile.Read(ref _shutdown) is { } known)
        {
            return known;
        }

        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = Interlocked.CompareExchange(ref _shutdown, mine.Task, null);
        if (first is not null)
        {
            return first;
        }

        var ending = new SendEnding(this, mine);
        if (Reactor.IsCurrent)
        {
            ending.OnReady();
        }
        else
        {
            Reactor.Post(static self => ((SendEnding)self!).OnReady(), ending);
        }

        return mine.Task;
    }

    /// <summary>The same for callers that cannot wait; <see cref="DisposeAsync"/> does.</summary>
    public void StartShutdownSend() => _ = Pipes.Writer.CompleteAsync().AsTask();

    /// <summary>Our direction was ended by the splice already.</summary>
    public void SendWasEnded() => Volatile.Write(ref _shutdown, Task.CompletedTask);

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (Interlocked.Exchange(ref _isAborted, true))
        {
            return;
        }

        Run(static self => ((LinuxConnection)self!).Socket.Close(isReset: true));
        SayClosed();
    }

    /// <inheritdoc/>
    void ISocketOwner.Abort() => Abort();

    /// <inheritdoc/>
    public void OnPeerGone() => SayClosed();

    /// <summary>Says what is still to be said (bounded), then closes in order; after an <see cref="Abort(ConnectionAbortedException)"/> only gives back.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        if (!IsAborted)
        {
            await SayLastWordsAsync();
        }

        if (!Interlocked.Exchange(ref _isAborted, true))
        {
            Run(static self => ((LinuxConnection)self!).CloseInOrder());
        }

        _pipes?.Reader.Complete();
        if (_pipes is { Writer.UnflushedBytes: > 0 })
        {
            Run(static self => ((LinuxConnection)self!)._pipes?.Writer.Discard());
        }

        _closed?.Cancel();
        _tls?.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>Runs on the reactor: now when this is its thread, else soon.</summary>
    public void Run(SendOrPostCallback action)
    {
        if (Reactor.IsCurrent)
        {
            action(this);
        }
        else
        {
            Reactor.Post(action, this);
        }
    }

    private void CloseInOrder()
    {
        Socket.DiscardReceived();
        Socket.Close(isReset: false);
    }

    private async Task SayLastWordsAsync()
    {
        try
        {
            var saying = Pipes.Writer.CompleteAsync();
            await (saying.IsCompletedSuccessfully ? Task.CompletedTask : saying.AsTask().WaitAsync(LastWordsLimit, _time));
        }
        catch (Exception exception) when (exception is TimeoutException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The peer is gone or does not read: nothing more can be said to it.
            Abort();
        }
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
