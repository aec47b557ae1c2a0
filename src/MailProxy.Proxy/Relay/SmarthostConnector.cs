using MailProxy.Directory;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Health;
using MailProxy.Routing.Relays;

namespace MailProxy.Proxy.Relay;

/// <summary>
/// The way to other domains: dials one of the relays as if they were a store with several addresses. One that does not answer is passed over, and not asked again
/// until a probe finds it well.
/// </summary>
/// <param name="pool">Which relays there are.</param>
/// <param name="connector">Dials.</param>
/// <param name="health">What the connector's dialling tells of them. Ours.</param>
/// <param name="access">Whom we trust and who we are there.</param>
/// <param name="tellClient">Whose mail it is is told by XCLIENT.</param>
internal sealed class SmarthostConnector(IRelayPool pool, StoreConnector connector, StoreHealthMonitor health, RelayAccess access, bool tellClient) : IDisposable
{
    /// <summary>The relays now; null: none is known.</summary>
    public StoreNode? Node => pool.Node;

    /// <summary>What is wrong, one line for <c>/readyz?verbose</c>; null: nothing.</summary>
    public string? Notice => pool.Notice ?? health.Notice;

    /// <summary>A transaction with the first relay that takes one: greeted, encrypted, logged in, MAIL said.</summary>
    /// <param name="node">The relays.</param>
    /// <param name="session">Whose mail it is.</param>
    /// <param name="envelope">What MAIL says.</param>
    /// <param name="services">What sessions share.</param>
    /// <param name="deadline">The session's.</param>
    public async ValueTask<Outcome<RelayTarget>> OpenAsync(
        StoreNode node, SessionContext session, RelayEnvelope envelope, SessionServices services, SessionDeadline deadline)
    {
        // Spread by session: nobody has a home there.
        var tries = connector.Begin(node, MailProtocol.Submission, session.Id, deadline);
        if (!tries.IsDone)
        {
            return tries.As<RelayTarget>();
        }

        while (true)
        {
            var connected = await connector.ConnectAsync(tries.Value, session.Connection);
            if (!connected.IsDone)
            {
                return connected.As<RelayTarget>();
            }

            var opened = await OpenOnAsync(new RelayLink(node, connected.Value), session, envelope, services, tries.Value);
            if (!connector.Judge(tries.Value, connected.Value.Endpoint, opened))
            {
                return opened;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => health.Dispose();

    private async ValueTask<Outcome<RelayTarget>> OpenOnAsync(
        RelayLink link, SessionContext session, RelayEnvelope envelope, SessionServices services, StoreTries tries)
    {
        using var limit = tries.Deadline.Within(tries.GreetingLimit);
        using var nothing = new Secret([]);
        var target = new RelayTarget(link, link.Node.Id, isLmtp: false, services.Links);
        var leg = new StoreLeg(
            link.Node, access.Account?.User ?? "", StoreLoginMethod.Password, null, access.Account?.Password ?? nothing, link.Connection.UpgradeWith, session.Id,
            session.Client, session.Local, session.TimeToLive, services.Settings.HostName, tries) { TellLogin = tellClient ? session.User : null };
        var opened = default(Outcome<RelayTarget>);
        try
        {
            return opened = await target.OpenAsync(leg, envelope, tellClient, isMailLater: false, tries.Deadline.Token);
        }
        catch (OperationCanceledException) when (limit.HasPassed)
        {
            return Outcome<RelayTarget>.Failed(ProxyFailure.StoreTimeout, $"{link.Node.Id} ({link.Connection.Endpoint}) did not answer in time");
        }
        finally
        {
            if (!opened.IsDone)
            {
                await target.DisposeAsync();
            }
        }
    }
}
