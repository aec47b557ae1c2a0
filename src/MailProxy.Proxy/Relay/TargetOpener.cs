using MailProxy.Directory;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Routing.Catalog;

namespace MailProxy.Proxy.Relay;

/// <summary>Begins our transactions with stores: on a connection that rests, or on a fresh one.</summary>
/// <param name="envelope">What MAIL says.</param>
/// <param name="session">Whose message it is.</param>
/// <param name="services">What sessions share.</param>
internal sealed class TargetOpener(RelayEnvelope envelope, SessionContext session, SessionServices services)
{
    /// <summary>A store that is ready for recipients.</summary>
    /// <param name="node">The store.</param>
    /// <param name="isSmarthost">It is the smarthost: SMTP, and never a connection that rested.</param>
    /// <param name="mayReuse">False: a connection that rested was of no use.</param>
    /// <param name="deadline">Of this opening alone: limits do not nest.</param>
    public async ValueTask<Outcome<RelayTarget>> OpenAsync(StoreNode node, bool isSmarthost, bool mayReuse, SessionDeadline deadline)
    {
        if (isSmarthost)
        {
            return await services.Smarthost!.OpenAsync(node, session, envelope, services, deadline);
        }

        if (mayReuse && services.Links.TryTake(node, session.Connection) is { } rested
            && await OpenOnAsync(rested, services.Settings.Limits.StoreLogin, null, deadline) is { IsDone: true } opened)
        {
            return opened;
        }

        return await OpenFreshAsync(node, deadline);
    }

    private async ValueTask<Outcome<RelayTarget>> OpenFreshAsync(StoreNode node, SessionDeadline deadline)
    {
        using var turn = node.Health.IsCalm ? default : await services.Returning.EnterAsync(node, session.Connection, deadline);
        if (turn.IsRefused)
        {
            return Outcome<RelayTarget>.Failed(ProxyFailure.StoreUnreachable, services.Returning.Refusal(node));
        }

        // Messages of many users share a connection, so nobody's own address counts: they are spread by weight.
        var begun = services.Connector.Begin(node, MailProtocol.Lmtp, session.Id, deadline);
        if (!begun.IsDone)
        {
            return begun.As<RelayTarget>();
        }

        while (true)
        {
            var connected = await services.Connector.ConnectAsync(begun.Value, session.Connection);
            if (!connected.IsDone)
            {
                return connected.As<RelayTarget>();
            }

            var opened = await OpenOnAsync(new RelayLink(node, connected.Value), begun.Value.GreetingLimit, begun.Value, deadline);
            if (!services.Connector.Judge(begun.Value, connected.Value.Endpoint, opened))
            {
                return opened;
            }
        }
    }

    private async ValueTask<Outcome<RelayTarget>> OpenOnAsync(RelayLink link, TimeSpan patience, StoreTries? tries, SessionDeadline deadline)
    {
        using var limit = deadline.Within(patience);
        using var nothing = new Secret([]);
        var node = link.Node;
        var target = new RelayTarget(link, node.Id, isLmtp: true, services.Links);
        var leg = new StoreLeg(
            node, "", StoreLoginMethod.External, null, nothing, link.Connection.UpgradeWith, session.Id, session.Client, session.Local, session.TimeToLive,
            services.Settings.HostName, tries);
        var opened = default(Outcome<RelayTarget>);
        try
        {
            opened = await target.OpenAsync(leg, envelope, services.Settings.Stores.TellClientAddress, isMailLater: true, deadline.Token);
        }
        catch (OperationCanceledException) when (limit.HasPassed)
        {
            opened = Outcome<RelayTarget>.Failed(ProxyFailure.StoreTimeout, $"{node.Id} ({link.Connection.Endpoint}) did not answer in time");
        }
        finally
        {
            if (!opened.IsDone)
            {
                await target.DisposeAsync();
            }
        }

        return opened;
    }
}
