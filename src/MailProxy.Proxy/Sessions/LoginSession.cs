using MailProxy.Directory;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Relay;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Routing.Catalog;
using MailProxy.Transport.Splice;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Proxy.Sessions;

/// <summary>
/// A session of a protocol with login, in the order of its phases:
/// greet -> authenticate -> route -> connect -> store login -> answer -> splice. Accepting and TLS came before.
/// </summary>
internal sealed class LoginSession(
    SessionContext session, SessionServices services, IClientDialogue client, IStoreDialogue storeDialogue, ISubmissionRelay? relay)
{
    private readonly LoginFlow _flow = new(session, services);

    /// <summary>Runs the session to its end.</summary>
    /// <param name="preLogin">Cancelled at the deadline for logging in, by a client that goes away, and when the node stops.</param>
    /// <param name="stop">Cancelled when the node stops.</param>
    public async Task RunAsync(CancellationToken preLogin, CancellationToken stop)
    {
        session.Enter(SessionPhase.Greeting);
        await client.GreetAsync(preLogin);
        while (true)
        {
            session.Enter(SessionPhase.Authenticating);
            var read = await client.ReadLoginAsync(preLogin);
            if (!read.IsDone)
            {
                session.EndedBy = read.Detail.Length > 0 ? $"{read.Failure}, {read.Detail}" : read.Failure.ToString();
                await EndAsync(read.Failure, read.Detail);
                return;
            }

            using var attempt = read.Value;
            var user = await _flow.AuthenticateAsync(attempt, preLogin);
            var failed = user.IsDone ? await ServeAsync(user.Value, attempt, preLogin, stop) : user.As<LinkedStore>();
            if (failed is not { } outcome)
            {
                return;
            }

            if (await RefuseAsync(attempt, outcome, preLogin))
            {
                return;
            }
        }
    }

    // Null: the user was served to the end of the session.
    private async ValueTask<Outcome<LinkedStore>?> ServeAsync(DirectoryUser user, LoginAttempt attempt, CancellationToken preLogin, CancellationToken stop)
    {
        if (relay is not null && RelaysFor(user))
        {
            LoggedIn(user.Name, "the relay", "the home store takes no submission");
            attempt.Dispose();
            session.User = user.Name;
            session.Enter(SessionPhase.Answering);
            await client.AcceptAsync(new StoreWelcome("", "Logged in."), preLogin);
            await relay.RunAsync(user, stop);
            return null;
        }

        var linked = await _flow.LinkAsync(user, attempt, storeDialogue, preLogin);

        // The session may live for days; the password need not.
        attempt.Dispose();
        if (!linked.IsDone)
        {
            return linked;
        }

        LoggedIn(user.Name, session.Route!.StoreId!, session.Route.Detail);
        session.Failure = null;
        await using var store = linked.Value.Store;
        try
        {
            session.Enter(SessionPhase.Answering);
            await client.AcceptAsync(linked.Value.Welcome, preLogin);
            await SpliceAsync(linked.Value, stop);
        }
        finally
        {
            services.Registry.Leave(linked.Value.Live);
        }

        return null;
    }

    private async Task SpliceAsync(LinkedStore linked, CancellationToken stop)
    {
        session.Enter(SessionPhase.Splicing);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(linked.Live.Ending, stop);
        var limits = services.Settings.Limits;
        var result = await session.Connection.Features.Get<ISpliceFeature>()!
            .SpliceAsync(linked.Store.Connection, new SpliceSettings(limits.Idle, limits.HalfClose), either.Token);
        session.BytesIn = result.BytesToStore;
        session.BytesOut = result.BytesToClient;
        session.EndedBy = result.End == SpliceEnd.Cancelled ? linked.Live.EndReason ?? "this node stops" : result.End.ToString();
    }

    // Submission goes through to a home store that takes it; otherwise we take the message ourselves and relay it.
    private bool RelaysFor(DirectoryUser user) =>
        services.Routing.Route(user.Name, user.Home) is not { IsDone: true, Value.Store: { } store } || !store.Ports.ContainsKey(StoreService.Submission);

    // True: the session is over.
    private async ValueTask<bool> RefuseAsync(LoginAttempt attempt, Outcome<LinkedStore> outcome, CancellationToken preLogin)
    {
        var row = FailureTable.Of(outcome.Failure);
        services.Metrics.Failed(session.Listener.Name, outcome.Failure);
        SessionLog.LoginFailed(
            services.Logger, row.Level, session.Listener.Name, session.Id, session.Client?.ToString() ?? "-", session.Phase, outcome.Failure,
            attempt.AuthenticationId, outcome.Detail);
        session.Fail(outcome.Failure, outcome.Detail);
        session.FailedLogins++;

        // Nothing of this attempt may be seen by the next one.
        session.User = null;
        session.DirectoryHome = null;
        session.Route = null;
        session.Enter(SessionPhase.Answering);
        if (outcome.Failure is ProxyFailure.BadCredentials or ProxyFailure.UserDisabled or ProxyFailure.CredentialsExpired)
        {
            await DelayAsync(preLogin);
        }

        await client.RefuseAsync(outcome.Failure, outcome.UserText, preLogin);
        if (session.Listener.Protocol == MailProtocol.Submission && row.SmtpAuth.StartsWith("421", StringComparison.Ordinal))
        {
            // RFC 5321 3.8: 421 closes the channel, whatever it answers.
            session.EndedBy = outcome.Failure.ToString();
            return true;
        }

        if (session.FailedLogins < services.Settings.Limits.LoginAttempts)
        {
            return false;
        }

        session.EndedBy = "too many failed logins";
        await EndAsync(ProxyFailure.TooManyErrors, outcome.Detail);
        return true;
    }

    // Shuffled, so that the time tells nothing about what failed.
    private Task DelayAsync(CancellationToken cancellationToken)
    {
        var longest = services.Settings.Limits.FailureDelay;
        return longest <= TimeSpan.Zero
            ? Task.CompletedTask
            : Task.Delay(longest * (0.25 + (0.75 * services.Random.NextDouble())), services.Time, cancellationToken);
    }

    private async ValueTask EndAsync(ProxyFailure failure, string detail)
    {
        if (failure != ProxyFailure.ClientLeft)
        {
            session.Fail(failure, detail);
            services.Metrics.Failed(session.Listener.Name, failure);
        }

        using var limit = new CancellationTokenSource(ProxyNode.GoodbyeLimit, services.Time);
        await client.GoodbyeAsync(failure, limit.Token);
    }

    private void LoggedIn(string user, string store, string why) =>
        SessionLog.LoggedIn(services.Logger, session.Listener.Name, session.Id, user, session.Client?.ToString() ?? "-", store, why);
}
