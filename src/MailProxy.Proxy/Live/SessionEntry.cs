using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.Splice;

namespace MailProxy.Proxy.Live;

/// <summary>A session that lives: tied to a store, or still (or for good) served by a method of ours.</summary>
/// <param name="Context">What is known of it.</param>
/// <param name="Live">Its tie to a store; null: it has none.</param>
/// <param name="Deadline">What ends it otherwise; null: it is spliced.</param>
internal readonly record struct SessionEntry(SessionContext Context, LiveSession? Live, SessionDeadline? Deadline)
{
    /// <summary>It was asked to end.</summary>
    public bool IsEnding => Live?.IsAsked ?? Deadline!.Cause > DeadlineCause.PhaseLimit;

    /// <summary>Asks it to end with a goodbye.</summary>
    public void End(ProxyFailure failure, DeadlineCause cause, string reason)
    {
        if (Live is not null)
        {
            Live.End(failure, reason);
        }
        else
        {
            Deadline!.Cancel(cause);
        }
    }

    /// <summary>As it is now.</summary>
    public SessionListing Listing() => new(
        Context.Id,
        Context.Listener.Name,
        SessionPhases.NameOf(Context.Phase),
        Context.Elapsed,
        Context.Client?.ToString(),
        Context.User,
        Context.Route?.StoreId,
        Context.Route?.Detail,
        Context.TlsText,
        Live?.MovedIn ?? Context.BytesIn,
        Live?.MovedOut ?? Context.BytesOut,
        Context.Messages,
        IsEnding);
}
