using MailProxy.Directory;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.Sessions;

/// <summary>One login attempt from credentials to a store that said yes: authenticate, route, connect, store login.</summary>
internal sealed class LoginFlow(SessionContext session, SessionServices services)
{
    // A user who moves while logging in is routed again; more often than this is a fault of the routing data.
    private const int MovesWhileLoggingIn = 3;

    // architecture.md: the loop guard starts at 5.
    private const int FirstTtl = 5;

    /// <summary>Asks the directory.</summary>
    public async ValueTask<Outcome<DirectoryUser>> AuthenticateAsync(LoginAttempt attempt, CancellationToken cancellationToken)
    {
        session.Enter(SessionPhase.Authenticating);
        var result = await services.Directory.AuthenticateAsync(
            new AuthenticationRequest(
                attempt.AuthenticationId,
                attempt.AuthorizationId,
                attempt.Secret,
                attempt.Mechanism,
                ProtocolNames.Of(session.Listener.Protocol!.Value),
                session.Client,
                session.Tls is { IsEncrypted: true }),
            cancellationToken);
        return result.Outcome switch
        {
            AuthenticationOutcome.Authenticated when result.User is not null => result.User,
            AuthenticationOutcome.Disabled => Outcome<DirectoryUser>.Failed(ProxyFailure.UserDisabled, result.Detail),
            AuthenticationOutcome.Expired => Outcome<DirectoryUser>.Failed(ProxyFailure.CredentialsExpired, result.Detail),
            AuthenticationOutcome.TemporarilyUnavailable => Outcome<DirectoryUser>.Failed(ProxyFailure.DirectoryUnavailable, result.Detail),
            _ => Outcome<DirectoryUser>.Failed(ProxyFailure.BadCredentials, $"{result.Outcome} {result.Detail}".TrimEnd()),
        };
    }

    /// <summary>Routes, dials and logs in; again if the user moves meanwhile.</summary>
    public async ValueTask<Outcome<LinkedStore>> LinkAsync(DirectoryUser user, LoginAttempt attempt, IStoreDialogue dialogue, CancellationToken cancellationToken)
    {
        session.User = user.Name;
        session.DirectoryHome = user.Home;
        for (var round = 0; round < MovesWhileLoggingIn; round++)
        {
            session.Enter(SessionPhase.Routing);
            var route = await services.Routing.RouteAsync(user.Name, user.Home, cancellationToken);
            if (!route.IsDone)
            {
                return route.As<LinkedStore>();
            }

            session.Route = route.Value;
            var node = route.Value.Store!;
            if (StoreLoginMethods.Of(node, services.Settings.Stores.Login) is not { } method)
            {
                return Outcome<LinkedStore>.Failed(ProxyFailure.NoRoute, $"{node.Id} asks for the login method '{node.Login}', which is none of ours");
            }

            session.Enter(SessionPhase.Connecting);
            var connected = await services.Connector.ConnectAsync(node, session.Listener.Protocol!.Value, cancellationToken);
            if (!connected.IsDone)
            {
                return connected.As<LinkedStore>();
            }

            var leg = new StoreLeg(
                node, user.Name, method, services.Settings.Master, attempt.Secret, connected.Value.UpgradeWith,
                session.Id, session.Client, session.Local, FirstTtl, services.Settings.HostName);
            var linked = await LogInAtStoreAsync(connected.Value, leg, dialogue, cancellationToken);
            if (linked is { } verdict)
            {
                return verdict;
            }
        }

        return Outcome<LinkedStore>.Failed(ProxyFailure.UserHeld, $"{user.Name} moved {MovesWhileLoggingIn} times while logging in");
    }

    // Null: the user moved meanwhile.
    private async ValueTask<Outcome<LinkedStore>?> LogInAtStoreAsync(StoreConnection store, StoreLeg leg, IStoreDialogue dialogue, CancellationToken cancellationToken)
    {
        session.Enter(SessionPhase.StoreLogin);
        LiveSession? live = null;
        using var deadline = new CancellationTokenSource(services.Settings.Limits.StoreLogin, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var welcome = await dialogue.LogInAsync(new MailWire(store.Connection), leg, either.Token);
            if (!welcome.IsDone)
            {
                return welcome.As<LinkedStore>();
            }

            live = services.Registry.TryEnter(session, leg.Node.Id);
            return live is null ? (Outcome<LinkedStore>?)null : new LinkedStore(store, welcome.Value, live);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Outcome<LinkedStore>.Failed(
                ProxyFailure.StoreTimeout, $"{leg.Node.Id} did not answer the login within {services.Settings.Limits.StoreLogin.TotalSeconds:0.#} s");
        }
        finally
        {
            if (live is null)
            {
                store.Connection.Abort();
                await store.DisposeAsync();
            }
        }
    }
}
