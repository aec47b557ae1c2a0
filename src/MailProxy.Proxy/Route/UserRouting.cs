using MailProxy.Directory;
using MailProxy.Proxy.Failures;
using MailProxy.Protocols.Referrals;
using MailProxy.Routing;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;

namespace MailProxy.Proxy.Route;

/// <summary>Finds a user's home store; waits, bounded, while the user is on hold.</summary>
internal sealed class UserRouting(IRouter router, StoreAddressing addressing, TimeSpan holdLimit, TimeProvider time)
{
    /// <summary>A decision whose store may be dialled, or why there is none.</summary>
    public async ValueTask<Outcome<RouteDecision>> RouteAsync(DirectoryUser user, MailProtocol protocol, CancellationToken cancellationToken)
    {
        var home = HomeOf(user, protocol);
        var decision = router.Route(user.Name, home);
        if (decision.Outcome == RouteOutcome.Held)
        {
            decision = await WaitWhileHeldAsync(user.Name, home, cancellationToken);
        }

        return Judge(addressing.Complete(decision, user, home, protocol));
    }

    /// <summary>The home to route a user by, also when routing changes later; null: the directory names none.</summary>
    public string? HomeOf(DirectoryUser user, MailProtocol protocol) => addressing.HomeOf(user, protocol);

    /// <summary>Whether a user is held by a move, or lives elsewhere, since a store was decided on.</summary>
    public bool HasMoved(string user, string? home, string store, string? referredBy = null) => RouteDrift.HasMoved(router.Route(user, home), store, referredBy);

    /// <summary>
    /// Where a referral leads: to a store of the catalog, and for the same user, or nowhere. A store must not be able to send anybody's login to a host of its choice.
    /// </summary>
    /// <param name="referral">What the store said; null: nothing that can be read.</param>
    /// <param name="then">The decision that led to that store.</param>
    /// <param name="user">The name by which the session was to act there.</param>
    /// <param name="protocol">The client's.</param>
    public Outcome<RouteDecision> Follow(UserReferral? referral, RouteDecision then, string user, MailProtocol protocol)
    {
        var problem = referral is null ? "in words that cannot be read"
            : referral.User.Length > 0 && !referral.User.Equals(user, StringComparison.OrdinalIgnoreCase) ? $"to another user, {referral}"
            : null;
        var target = problem is null ? addressing.Find(referral!.Host, referral.Port, protocol) : null;
        problem ??= target is null ? $"to {referral}, which is no store of the catalog"
            : target.Id == then.StoreId || target.Id == then.ReferredBy ? $"in a circle, to {target.Id}"
            : null;
        if (problem is not null)
        {
            return Outcome<RouteDecision>.Failed(ProxyFailure.StoreReferred, $"{then.StoreId} refers {user} {problem}: not followed ({then.Detail})");
        }

        var outcome = target!.State == StoreState.Offline ? RouteOutcome.StoreOffline : RouteOutcome.Routed;
        return Judge(then with
        {
            Outcome = outcome, StoreId = target.Id, Store = target, Detail = $"{then.Detail}, referred by {then.StoreId}", ReferredBy = then.ReferredBy ?? then.StoreId,
        });
    }

    /// <summary>The same without waiting, for the relay: a held recipient is told so at once.</summary>
    public Outcome<RouteDecision> Route(DirectoryUser user, MailProtocol protocol)
    {
        var home = HomeOf(user, protocol);
        return Judge(addressing.Complete(router.Route(user.Name, home), user, home, protocol));
    }

    private static Outcome<RouteDecision> Judge(RouteDecision decision) => decision.Outcome switch
    {
        RouteOutcome.Routed => decision,
        RouteOutcome.Held => Outcome<RouteDecision>.Failed(ProxyFailure.UserHeld, decision.Detail),
        RouteOutcome.StoreOffline => Outcome<RouteDecision>.Failed(
            ProxyFailure.StoreUnreachable, $"{decision.StoreId} is offline: {decision.Store?.StateDetail} ({decision.Detail})"),
        RouteOutcome.NotLoaded => Outcome<RouteDecision>.Failed(ProxyFailure.NoRoute, "nothing was loaded from Consul yet"),
        _ => Outcome<RouteDecision>.Failed(ProxyFailure.NoRoute, decision.Detail),
    };

    private async ValueTask<RouteDecision> WaitWhileHeldAsync(string user, string? directoryHome, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(holdLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        while (true)
        {
            var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            void OnChanged(RouteChange change)
            {
                if (change.Concerns(user))
                {
                    changed.TrySetResult();
                }
            }

            router.Changed += OnChanged;
            try
            {
                // Asked after subscribing, or a change in between would be slept through.
                var decision = router.Route(user, directoryHome);
                if (decision.Outcome != RouteOutcome.Held)
                {
                    return decision;
                }

                await changed.Task.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return router.Route(user, directoryHome);
            }
            finally
            {
                router.Changed -= OnChanged;
            }
        }
    }
}
