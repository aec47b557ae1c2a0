using MailProxy.Directory;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Routing.Catalog;

namespace MailProxy.Proxy.Relay;

/// <summary>Begins our transactions with stores, on a connection that rests or on a fresh one, and with relays for other domains.</summary>
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
            return await OpenFreshAsync(node, services.Smarthost!.Way, deadline);
        }

        var way = new RelayWay(services.Connector, IsLmtp: true, null, services.Settings.Stores.TellClientAddress);
        if (mayReuse && services.Links.TryTake(node, session.Connection) is { } rested
            && await OpenOnAsync(rested, way, services.Settings.Limits.StoreLogin, null, deadline) is { IsDone: true } opened)
        {
            return opened;
        }

        using var turn = node.Health.IsCalm ? default : await services.Returning.EnterAsync(node, session.Connection, deadline);
        if (turn.IsRefused)
        {
            return Outcome<RelayTarget>.Failed(ProxyFailure.StoreUnreachable, services.Returning.Refusal(node));
        }

        return await OpenFreshAsync(node, way, deadline);
    }

    private async ValueTask<Outcome<RelayTarget>> OpenFreshAsync(StoreNode node, RelayWay way, SessionDeadline deadline)
    {
        // Messages of many users share a connection, so nobody's own address counts: they are spread by weight.
        var begun = way.Connector.Begin(node, way.Protocol, session.Id, deadline);
        if (!begun.IsDone)
        {
            return begun.As<RelayTarget>();
        }

        while (true)
        {
            var connected = await way.Connector.ConnectAsync(begun.Value, session.Connection);
            if (!connected.IsDone)
            {
                return connected.As<RelayTarget>();
            }

            var opened = await OpenOnAsync(new RelayLink(node, connected.Value), way, begun.Value.GreetingLimit, begun.Value, deadline);
            if (!way.Connector.Judge(begun.Value, connected.Value.Endpoint, opened))
            {
                return opened;
            }
        }
    }

    private async ValueTask<Outcome<RelayTarget>> OpenOnAsync(RelayLink link, RelayWay way, TimeSpan patience, StoreTries? tries, SessionDeadline deadline)
    {
        using var limit = deadline.Within(patience);
        using var nothing = new Secret([]);
        var node = link.Node;
        var target = new RelayTarget(link, node.Id, way.IsLmtp, services.Links);
        var leg = new StoreLeg(
            node, way.Account?.User ?? "", way.Account is null ? StoreLoginMethod.External : StoreLoginMethod.Password, null, way.Account?.Password ?? nothing,
            link.Connection.UpgradeWith, session.Id, session.Client, session.Local, session.TimeToLive, services.Settings.HostName, tries)
        {
            TellLogin = way is { IsLmtp: false, TellsClient: true } ? session.User : null,
        };
        var opened = default(Outcome<RelayTarget>);
        try
        {
            opened = await target.OpenAsync(leg, envelope, way.TellsClient, deadline.Token);
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
