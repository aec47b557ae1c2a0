using MailProxy.Directory;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Relay;
using MailProxy.Proxy.Splice;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Submission;
using MailProxy.Routing.Catalog;
using MailProxy.Transport.Connections;
using MailProxy.Transport.Serving;
using Microsoft.Extensions.Logging;

namespace MailProxy.Proxy.Sessions;

/// <summary>
/// A session of a protocol with login, in the order of its phases:
/// greet -> authenticate -> route -> connect -> store login -> answer -> splice. Accepting and TLS came before.
/// </summary>
/// <param name="session">What is known of it.</param>
/// <param name="services">What sessions share.</param>
/// <param name="served">The client's connection.</param>
/// <param name="deadline">What ends it before the splice, which may last for days.</param>
/// <param name="client">The talk with the client.</param>
/// <param name="storeDialogue">The talk with the store.</param>
/// <param name="relay">For submission, else null.</param>
internal sealed class LoginSession(
    SessionContext session,
    SessionServices services,
    ServedConnection served,
    SessionDeadline deadline,
    IClientDialogue client,
    IStoreDialogue storeDialogue,
    ISubmissionRelay? relay)
{
    private readonly LoginFlow _flow = new(session, services, served, deadline);

    /// <summary>Runs the session to its end, or to its splice: then the connection was handed over.</summary>
    /// <param name="stop">Cancelled when the node stops.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        session.Enter(SessionPhase.Greeting);
        await client.GreetAsync(deadline.Token);
        while (true)
        {
            session.Enter(SessionPhase.Authenticating);
            var read = await client.ReadLoginAsync(deadline.Token);
            if (!read.IsDone)
            {
                session.EndedBy = read.Detail.Length > 0 ? $"{read.Failure}, {read.Detail}" : read.Failure.ToString();
                await EndAsync(read.Failure, read.Detail);
                return;
            }

            using var attempt = read.Value;
            var user = await _flow.AuthenticateAsync(attempt);
            var failed = user.IsDone ? await ServeAsync(user.Value, attempt, stop) : user.As<LinkedStore>();
            if (failed is not { } outcome || await RefuseAsync(attempt, outcome))
            {
                return;
            }
        }
    }

    // Null: the user was served, to the end of the session or to its splice.
    private async ValueTask<Outcome<LinkedStore>?> ServeAsync(DirectoryUser user, LoginAttempt attempt, CancellationToken stop)
    {
        if (relay is not null && RelaysFor(user))
        {
            LoggedIn(user.Name, "the relay", "by Submission:Mode, or because the home store takes no submission");
            attempt.Dispose();
            session.User = user.Name;
            session.Enter(SessionPhase.Answering);
            await client.AcceptAsync(new StoreWelcome("", "Logged in."), deadline.Token);
            deadline.LoggedIn();
            await relay.RunAsync(user, stop);
            return null;
        }

        var linked = await _flow.LinkAsync(user, attempt, storeDialogue);

        // The session may live for days; the password need not.
        attempt.Dispose();
        if (!linked.IsDone)
        {
            return linked;
        }

        LoggedIn(user.Name, session.Route!.StoreId!, session.Route.Detail);
        session.Failure = null;
        await AnswerAndSpliceAsync(linked.Value);
        return null;
    }

    private async ValueTask AnswerAndSpliceAsync(LinkedStore linked)
    {
        try
        {
            session.Enter(SessionPhase.Answering);
            await client.AcceptAsync(linked.Welcome, deadline.Token);
        }
        catch
        {
            // How much of the answer was heard is unknown, so nothing can be said behind it: no "OK" and then "BYE".
            session.Connection.Abort();
            services.Registry.Leave(linked.Live);
            await linked.Store.DisposeAsync();
            throw;
        }

        deadline.Dispose();
        linked.Live.StartSplice(linked.Store);
    }

    // Submission goes through to a home store that takes it; otherwise we take the message ourselves and relay it.
    private bool RelaysFor(DirectoryUser user) =>
        services.Settings.Submission.Mode == SubmissionMode.Relay
        || services.Routing.Route(user, MailProtocol.Submission) is not { IsDone: true, Value.Store: { } store } || !store.Ports.ContainsKey(StoreService.Submission);

    // True: the session is over.
    private async ValueTask<bool> RefuseAsync(LoginAttempt attempt, Outcome<LinkedStore> outcome)
    {
        var row = FailureTable.Of(outcome.Failure);
        services.Metrics.Failed(session.Listener.Name, outcome.Failure);
        SessionLog.LoginFailed(
            services.Logger, row.Level, session.Listener.Name, session.Id, session.Client?.ToString() ?? "-", session.Phase, outcome.Failure,
            attempt.AuthenticationId, outcome.Detail);
        session.Fail(outcome.Failure, outcome.Detail);
        session.FailedLogins++;

        // Nothing of this attempt may be seen by the next one.
        services.UserSessions.Leave(session);
        session.User = null;
        session.DirectoryHome = null;
        session.Route = null;
        session.Enter(SessionPhase.Answering);
        if (outcome.Refusal is not null || outcome.Failure is ProxyFailure.BadCredentials or ProxyFailure.UserDisabled or ProxyFailure.CredentialsExpired)
        {
            await (outcome.Refusal?.Wait is { } wait ? Task.Delay(wait, services.Time, deadline.Token) : DelayAsync(deadline.Token));
            await session.Connection.ReturnHomeAsync();
        }

        await client.RefuseAsync(outcome.Failure, outcome.UserText ?? RefusalText.Of(session.Listener.Protocol!.Value, row, outcome.Refusal), deadline.Token);
        if (outcome.Refusal is { Wait: null })
        {
            session.EndedBy = "the directory's refusal";
            return true;
        }

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

    private void LoggedIn(string user, string store, string why)
    {
        // The texts are made for those who read them only.
        if (services.Logger.IsEnabled(LogLevel.Debug))
        {
            SessionLog.LoggedIn(services.Logger, session.Listener.Name, session.Id, user, session.Client?.ToString() ?? "-", store, why);
        }
    }
}
