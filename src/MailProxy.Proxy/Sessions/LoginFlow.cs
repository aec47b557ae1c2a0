using MailProxy.Directory;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Splice;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Wire;
using MailProxy.Routing.Catalog;
using MailProxy.Transport.Connections;
using MailProxy.Transport.Serving;

namespace MailProxy.Proxy.Sessions;

/// <summary>One login attempt from credentials to a store that said yes: authenticate, route, connect, store login.</summary>
internal sealed class LoginFlow(SessionContext session, SessionServices services, ServedConnection served, SessionDeadline deadline)
{
    // A user who moves while logging in is routed again; more often than this is a fault of the routing data.
    private const int MovesWhileLoggingIn = 3;

    // wire.md: referrals are followed at most twice.
    private const int MostReferrals = 2;

    /// <summary>Asks the directory.</summary>
    public async ValueTask<Outcome<DirectoryUser>> AuthenticateAsync(LoginAttempt attempt)
    {
        session.Enter(SessionPhase.Authenticating);
        if (attempt.Fault is { } fault)
        {
            return Outcome<DirectoryUser>.Failed(fault);
        }

        var result = await services.Directory.AuthenticateAsync(
            new AuthenticationRequest(
                attempt.AuthenticationId,
                attempt.AuthorizationId,
                attempt.Secret,
                attempt.Mechanism,
                ProtocolNames.Of(session.Listener.Protocol!.Value),
                session.Client,
                session.IsPrivate,
                session) { Proof = attempt.Proof },
            deadline.Token);
        await session.Connection.ReturnHomeAsync();
        var isRight = result.Outcome == AuthenticationOutcome.Authenticated;
        var word = isRight ? result.LastChallenge ?? attempt.Proof?.Answer : result.LastChallenge;
        if (word is { } last && attempt.Exchange is { } exchange && !await exchange.ConcludeAsync(last, isRight, deadline.Token) && isRight)
        {
            return Outcome<DirectoryUser>.Failed(ProxyFailure.BadCredentials, "the client did not accept the mechanism's last word");
        }

        return result.Outcome switch
        {
            AuthenticationOutcome.Authenticated when result.User is not null =>
                services.UserSessions.IsOff ? result.User : await EnterAsync(result.User),
            AuthenticationOutcome.Disabled => Outcome<DirectoryUser>.Failed(ProxyFailure.UserDisabled, result.Detail),
            AuthenticationOutcome.Expired => Outcome<DirectoryUser>.Failed(ProxyFailure.CredentialsExpired, result.Detail),
            AuthenticationOutcome.Throttled => Outcome<DirectoryUser>.Failed(ProxyFailure.Throttled, result.Detail),
            AuthenticationOutcome.TemporarilyUnavailable => Refused(ProxyFailure.DirectoryUnavailable, result.Detail, result),
            _ => Refused(ProxyFailure.BadCredentials, $"{result.Outcome} {result.Detail}".TrimEnd(), result),
        };
    }

    // Before anything is asked of a store: whoever has too many sessions must not cost one more there.
    private async ValueTask<Outcome<DirectoryUser>> EnterAsync(DirectoryUser user)
    {
        session.User = user.Name;
        var refused = await services.UserSessions.EnterAsync(session);
        await session.Connection.ReturnHomeAsync();
        if (refused is not { } full)
        {
            return user;
        }

        services.Metrics.Capped(session.Listener.Name, full.Cap);
        SessionLog.Capped(services.Logger, session.Listener.Name, session.Id, session.Client?.ToString() ?? "-", full.Detail);
        return Outcome<DirectoryUser>.Failed(ProxyFailure.TooManySessions, full.Detail);
    }

    private static Outcome<DirectoryUser> Refused(ProxyFailure failure, string detail, AuthenticationResult result) =>
        Outcome<DirectoryUser>.Failed(new FailureReport(failure, detail, null, result.Refusal));

    /// <summary>Routes, dials and logs in; again if the user moves meanwhile.</summary>
    public async ValueTask<Outcome<LinkedStore>> LinkAsync(DirectoryUser user, LoginAttempt attempt, IStoreDialogue dialogue)
    {
        session.User = user.Name;
        session.DirectoryHome = services.Routing.HomeOf(user, session.Listener.Protocol!.Value);
        for (var (moves, referrals) = (0, 0); moves < MovesWhileLoggingIn;)
        {
            if (referrals == 0)
            {
                session.Enter(SessionPhase.Routing);
                var route = await services.Routing.RouteAsync(user, session.Listener.Protocol!.Value, deadline.Token);
                await session.Connection.ReturnHomeAsync();
                if (!route.IsDone)
                {
                    return route.As<LinkedStore>();
                }

                session.Route = route.Value;
            }

            services.Activity.Begin(user.Name);
            try
            {
                var linked = await LinkToAsync(user, attempt, dialogue, session.TimeToLive - referrals);
                if (linked is { } verdict && (verdict.IsDone || !HasMoved(user.Name)))
                {
                    if (verdict.IsDone || verdict.Failure != ProxyFailure.StoreReferred || referrals == MostReferrals || session.TimeToLive - referrals <= 1)
                    {
                        return verdict;
                    }

                    var next = services.Routing.Follow(verdict.Referral, session.Route!, user.Login?.Name ?? user.Name, session.Listener.Protocol!.Value);
                    if (!next.IsDone)
                    {
                        return next.As<LinkedStore>();
                    }

                    session.Route = next.Value;
                    referrals++;
                    continue;
                }

                // What a store says that has just lost its user is no verdict.
                (moves, referrals) = (moves + 1, 0);
            }
            finally
            {
                services.Activity.End(user.Name);
            }
        }

        return Outcome<LinkedStore>.Failed(ProxyFailure.UserHeld, $"{user.Name} moved {MovesWhileLoggingIn} times while logging in");
    }

    private bool HasMoved(string user) => services.Routing.HasMoved(user, session.DirectoryHome, session.Route!.StoreId!, session.Route.ReferredBy);

    // Counted in by now, so this look cannot be too early for a hold that is confirmed after it. Null: the user moved meanwhile.
    private async ValueTask<Outcome<LinkedStore>?> LinkToAsync(DirectoryUser user, LoginAttempt attempt, IStoreDialogue dialogue, int ttl)
    {
        if (HasMoved(user.Name))
        {
            return null;
        }

        var node = session.Route!.Store!;
        var chosen = StoreCredential.For(node, user, attempt, services.Settings, ProtocolNames.Of(session.Listener.Protocol!.Value), session.Id);
        if (!chosen.IsDone)
        {
            return chosen.As<LinkedStore>();
        }

        using var credential = chosen.Value;
        session.Enter(SessionPhase.Connecting);
        using var turn = node.Health.IsCalm ? default : await services.Returning.EnterAsync(node, session.Connection, deadline);
        if (turn.IsRefused)
        {
            return Outcome<LinkedStore>.Failed(ProxyFailure.StoreUnreachable, services.Returning.Refusal(node));
        }

        var begun = services.Connector.Begin(node, session.Listener.Protocol!.Value, user.Name, deadline);
        if (!begun.IsDone)
        {
            return begun.As<LinkedStore>();
        }

        while (true)
        {
            var connected = await services.Connector.ConnectAsync(begun.Value, session.Connection);
            if (!connected.IsDone)
            {
                return connected.As<LinkedStore>();
            }

            var leg = new StoreLeg(
                node, user.Login?.Name ?? user.Name, credential.Method, services.Settings.Master, credential.Secret, connected.Value.UpgradeWith,
                session.Id, session.Client, session.Local, ttl, services.Settings.HostName, begun.Value);
            var linked = await LogInAtStoreAsync(connected.Value, leg, dialogue, begun.Value);
            if (linked is not { } verdict || !services.Connector.Judge(begun.Value, connected.Value.Endpoint, verdict))
            {
                return linked;
            }

            session.Enter(SessionPhase.Connecting);
        }
    }

    // Null: the user moved meanwhile.
    private async ValueTask<Outcome<LinkedStore>?> LogInAtStoreAsync(StoreConnection store, StoreLeg leg, IStoreDialogue dialogue, StoreTries tries)
    {
        session.Enter(SessionPhase.StoreLogin);
        var isLinked = false;
        var greeting = tries.GreetingLimit;
        using var limit = deadline.Within(greeting);
        try
        {
            var welcome = await dialogue.LogInAsync(new MailWire(store.Connection), leg, deadline.Token);
            if (!welcome.IsDone)
            {
                return welcome.As<LinkedStore>();
            }

            var live = new LiveSession(session, services, served, deadline);
            isLinked = services.Registry.TryEnter(live);
            return isLinked ? new LinkedStore(store, welcome.Value, live) : (Outcome<LinkedStore>?)null;
        }
        catch (OperationCanceledException) when (limit.HasPassed)
        {
            return Outcome<LinkedStore>.Failed(
                ProxyFailure.StoreTimeout,
                tries.IsGreeted
                    ? $"{leg.Node.Id} ({store.Endpoint}) did not answer the login within {services.Settings.Limits.StoreLogin.TotalSeconds:0.#} s"
                    : $"{leg.Node.Id} ({store.Endpoint}) did not greet within {greeting.TotalSeconds:0.#} s");
        }
        finally
        {
            if (!isLinked)
            {
                store.Connection.Abort();
                await store.DisposeAsync();
            }
        }
    }
}
