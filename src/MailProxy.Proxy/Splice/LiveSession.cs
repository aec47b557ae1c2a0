using MailProxy.Proxy.Connect;
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
    private SessionDeadline? _deadline = deadline;
    private ConnectionContext? _store;
    private ISplice? _splice;
    private string? _endReason;

    /// <summary>The session.</summary>
    public SessionContext Context => context;

    /// <summary>The store it is tied to.</summary>
    public string StoreId => context.Route!.StoreId!;

    /// <summary>The next session of the same user: the registry's own.</summary>
    public LiveSession? Next { get; set; }

    /// <summary>Asks it to end. The first reason stays. From any thread.</summary>
    public void End(string reason)
    {
        Interlocked.CompareExchange(ref _endReason, reason, null);
        if (Volatile.Read(ref _splice) is { } splice)
        {
            splice.Stop();
        }
        else
        {
            _deadline?.Cancel(DeadlineCause.Ended);
        }
    }

    /// <inheritdoc/>
    public void Stop() => End("this node stops");

    /// <summary>From here on the session is nobody's method; <see cref="Ended"/> is its end.</summary>
    public void StartSplice(StoreConnection store)
    {
        context.Enter(SessionPhase.Splicing);
        _store = store.Connection;
        _deadline = null;
        served.HandOver(this);
        var splice = context.Connection.Features.Get<ISpliceFeature>()!.Start(store.Connection, services.Splice, this);
        Interlocked.Exchange(ref _splice, splice);
        if (_endReason is not null)
        {
            // Asked to end in between, when there was nothing to stop.
            splice.Stop();
        }
    }

    /// <inheritdoc/>
    public void Ended(SpliceResult result)
    {
        context.BytesIn = result.BytesToStore;
        context.BytesOut = result.BytesToClient;
        context.EndedBy = result.End == SpliceEnd.Cancelled ? _endReason ?? "this node stops" : SpliceEnds.NameOf(result.End);
        services.Registry.Leave(this);
        services.Finish(context);
        _ = CloseAsync();
    }

    private async Task CloseAsync()
    {
        try
        {
            await _store!.DisposeAsync();
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The store is gone already, which is what was wanted.
        }
        catch (Exception exception)
        {
            SessionLog.Broke(services.Logger, exception, context.Listener.Name, context.Id, context.Phase);
        }

        served.End();
    }
}
