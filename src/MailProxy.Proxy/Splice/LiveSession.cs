using System.Buffers;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Transport.Serving;
using MailProxy.Transport.Splice;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Proxy.Splice;

/// <summary>
/// A session that is tied to a store, and all that is left of it while it is spliced: what its log line will say, and the way to end it when its
/// user moves or the node stops. The dialogues, their buffers and the methods that waited for them are gone by then.
/// </summary>
internal sealed class LiveSession(SessionContext context, SessionServices services, ServedConnection served, SessionDeadline deadline) : ISpliceOwner, IHandedOver
{
    private const string NodeStops = "this node stops";

    private SessionDeadline? _deadline = deadline;
    private ConnectionContext? _store;
    private ISplice? _splice;
    private string? _endReason;
    private ProxyFailure _endFailure;
    private bool _isCut;

    /// <summary>The session.</summary>
    public SessionContext Context => context;

    /// <summary>The store it is tied to.</summary>
    public string StoreId => context.Route!.StoreId!;

    /// <summary>It was asked to end.</summary>
    public bool IsAsked => Volatile.Read(ref _endReason) is not null;

    /// <summary>Octets from client to store so far.</summary>
    public long MovedIn => Volatile.Read(ref _splice)?.MovedToStore ?? 0;

    /// <summary>Octets from store to client so far.</summary>
    public long MovedOut => Volatile.Read(ref _splice)?.MovedToClient ?? 0;

    /// <summary>The next session of the same user: the registry's own.</summary>
    public LiveSession? Next { get; set; }

    /// <summary>Asks it to end, with the goodbye of a failure where that can be said. The first reason stays. From any thread.</summary>
    /// <param name="failure">What the client hears.</param>
    /// <param name="reason">For the log.</param>
    public void End(ProxyFailure failure, string reason)
    {
        lock (context)
        {
            if (_endReason is null)
            {
                (_endFailure, _endReason) = (failure, reason);
            }
        }

        // While the client's answer is being sent there is nothing to stop yet: the splice looks at the reason when it begins.
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _splice)?.StopAtBoundary();
    }

    /// <inheritdoc/>
    public void Stop() => End(ProxyFailure.Draining, NodeStops);

    /// <inheritdoc/>
    public void Cut()
    {
        Volatile.Write(ref _isCut, true);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _splice) is { } splice)
        {
            splice.Stop();
        }
        else
        {
            _deadline?.Cancel(DeadlineCause.Ended);
        }
    }

    /// <summary>From here on the session is nobody's method; <see cref="Ended"/> is its end.</summary>
    public void StartSplice(StoreConnection store)
    {
        context.Enter(SessionPhase.Splicing);
        _store = store.Connection;
        _deadline = null;
        served.HandOver(this);
        var follower = ProtocolFollowers.Of(context.Listener.Protocol!.Value);
        var splice = context.Connection.Features.Get<ISpliceFeature>()!.Start(store.Connection, services.Splice, this, follower);
        Interlocked.Exchange(ref _splice, splice);
        if (_endReason is not null)
        {
            // Asked to end in between, when there was nothing to stop.
            splice.StopAtBoundary();
        }

        if (Volatile.Read(ref _isCut))
        {
            splice.Stop();
        }
    }

    /// <inheritdoc/>
    public void Ended(SpliceResult result)
    {
        context.BytesIn = result.BytesToStore;
        context.BytesOut = result.BytesToClient;
        context.EndedBy = result.End switch
        {
            SpliceEnd.AtBoundary => _endReason!,
            SpliceEnd.Cancelled => $"{_endReason ?? NodeStops}, cut",
            _ => SpliceEnds.NameOf(result.End),
        };
        if (result.End is SpliceEnd.AtBoundary or SpliceEnd.Cancelled)
        {
            SayGoodbye(result.End == SpliceEnd.AtBoundary);
        }

        services.Registry.Leave(this);
        services.Finish(context);
        _ = CloseAsync();
    }

    // Not flushed here: closing the connection sends what was written, and waits for it no longer than a bound.
    private void SayGoodbye(bool isAtBoundary)
    {
        var failure = _endReason is null ? ProxyFailure.Draining : _endFailure;
        services.Metrics.SaidGoodbye(context.Listener.Name, failure, isAtBoundary);
        if (isAtBoundary)
        {
            // A cut closes in order as well: each of these protocols says itself where an answer ends, and what is on its way arrives.
            context.Connection.Transport.Output.Write(FarewellLines.Of(context.Listener.Protocol!.Value, failure).Span);
        }
    }

    private async Task CloseAsync()
    {
        // The client first: a store that does not read its end must not keep a goodbye back.
        var client = context.Connection.DisposeAsync();
        try
        {
            await _store!.DisposeAsync();
            await client;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
        {
            // They are gone already, which is what was wanted.
        }
        catch (Exception exception)
        {
            SessionLog.Broke(services.Logger, exception, context.Listener.Name, context.Id, context.Phase);
        }

        served.End();
    }
}
