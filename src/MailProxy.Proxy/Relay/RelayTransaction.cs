using MailProxy.Directory;
using MailProxy.Protocols.Referrals;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;
using MailProxy.Transport.Connections;

namespace MailProxy.Proxy.Relay;

/// <summary>
/// One MAIL transaction: who it is from, who it is for, and a target for every store that holds one of them. A store is opened when the first
/// of its recipients is named, so that a recipient whose store cannot take it now hears so at RCPT.
/// </summary>
internal sealed class RelayTransaction(RelayEnvelope envelope, SessionContext session, SessionServices services, SessionDeadline deadline, string helo) : IAsyncDisposable
{
    private readonly Dictionary<string, RelayTarget> _targets = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Target, string Address), (RelayReply Reply, int Index)> _asked = [];

    // Whom the message is for, and where each of them lived at RCPT.
    private readonly List<(DirectoryUser User, string Store)> _users = [];
    private bool _isUnderWay;

    /// <summary>What MAIL FROM said.</summary>
    public RelayEnvelope Envelope => envelope;

    /// <summary>The name the client gave itself, for the trace header.</summary>
    public string Helo => helo;

    /// <summary>Accepted recipients, in order; the same address may stand twice.</summary>
    public List<RelayRecipient> Recipients { get; } = [];

    /// <summary>Every store (and the smarthost) in this transaction that has at least one recipient.</summary>
    public IReadOnlyList<RelayTarget> Targets => [.. _targets.Values.Where(target => target.Recipients.Count > 0)];

    /// <summary>Adds a recipient: looked up, routed, and taken by every store it concerns, or refused.</summary>
    /// <param name="address">Forward path without brackets.</param>
    /// <param name="mayLeave">True for authenticated submitters: mail for other domains may go to the smarthost.</param>
    public async ValueTask<RelayReply> AddAsync(string address, bool mayLeave)
    {
        if (Recipients.Count >= services.Settings.Limits.Recipients)
        {
            return new(452, "4.5.3 Too many recipients.");
        }

        if (!envelope.IsInternational && address.Any(static character => character > '\u007f'))
        {
            return new(553, "5.6.7 This address needs SMTPUTF8.");
        }

        var found = await RecipientLookUp.AskAsync(services, address, deadline.Token);
        await session.Connection.ReturnHomeAsync();
        switch (found.Outcome)
        {
            case LookupOutcome.Found when found.Users.Count == 0:
                return Fail(address, ProxyFailure.NoSuchUser, "an alias of nobody");
            case LookupOutcome.Found:
                return await AddUsersAsync(address, found.Users);
            case LookupOutcome.NoSuchUser:
                return Fail(address, ProxyFailure.NoSuchUser, found.Detail);
            case LookupOutcome.NotOurDomain when mayLeave && services.Smarthost is { Node: { State: not StoreState.Offline } relays }:
                return await AddToAsync(address, [(address, relays, true)]);
            case LookupOutcome.NotOurDomain when mayLeave && services.Smarthost is { } smarthost:
                return Fail(address, ProxyFailure.StoreUnreachable, smarthost.Node?.StateDetail ?? smarthost.Notice ?? "no relay is known");
            case LookupOutcome.NotOurDomain:
                return Fail(address, ProxyFailure.RelayDenied, found.Detail);
            default:
                return Fail(address, ProxyFailure.DirectoryUnavailable, found.Detail);
        }
    }

    /// <summary>
    /// The message comes now. From here on it is counted for each of its users, so that a move waits for it; a user who moves already, or lives
    /// elsewhere since RCPT, refuses it for all: nothing was said about it yet, and the sender repeats it.
    /// </summary>
    /// <returns>The refusal; null: go on.</returns>
    public RelayReply? BeginMessage()
    {
        _isUnderWay = true;
        _users.ForEach(entry => services.Activity.Begin(entry.User.Name));
        foreach (var (user, store) in _users)
        {
            if (services.Routing.HasMoved(user.Name, services.Routing.HomeOf(user, MailProtocol.Lmtp), store))
            {
                return Fail(user.Name, ProxyFailure.UserHeld, $"held, or moved from {store}, since RCPT");
            }
        }

        return null;
    }

    /// <summary>
    /// Begins again with another envelope, because a milter changed it, or because the stores may have grown tired of waiting for the message. What was open
    /// is cut; no store has been sent anything of the message.
    /// </summary>
    /// <param name="changed">What MAIL says now.</param>
    /// <param name="addresses">Who gets it now.</param>
    /// <param name="isNeeded">False for a recipient without whom it goes on if nobody can be reached under the address.</param>
    /// <param name="mayLeave">As for <see cref="AddAsync"/>.</param>
    /// <returns>The refusal; null: go on.</returns>
    public async ValueTask<RelayReply?> BeginAgainAsync(RelayEnvelope changed, IReadOnlyList<string> addresses, Func<string, RelayReply, bool> isNeeded, bool mayLeave)
    {
        await DisposeAsync();
        _asked.Clear();
        _users.Clear();
        Recipients.Clear();
        envelope = changed;
        foreach (var address in addresses)
        {
            var reply = await AddAsync(address, mayLeave);
            if (!reply.IsPositive && (reply.IsTemporary || isNeeded(address, reply)))
            {
                // It was taken a moment ago: what is wrong now may be right in another.
                return reply.IsTemporary ? reply : RelayReply.Of(ProxyFailure.StoreTemporaryFailure);
            }
        }

        return BeginMessage();
    }

    /// <summary>Cuts what is not finished; nothing of it remains at the stores.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await CutAsync();
        }
        finally
        {
            if (_isUnderWay)
            {
                _isUnderWay = false;
                _users.ForEach(entry => services.Activity.End(entry.User.Name));
            }
        }
    }

    private async ValueTask CutAsync()
    {
        foreach (var target in _targets.Values)
        {
            await target.DisposeAsync();
        }

        _targets.Clear();
    }

    // Everyone behind an alias is routed before any store is asked: most refusals then leave no half of it behind.
    private async ValueTask<RelayReply> AddUsersAsync(string address, IReadOnlyList<DirectoryUser> users)
    {
        var places = new List<(string User, StoreNode Node, bool IsSmarthost)>(users.Count);
        foreach (var user in users)
        {
            var route = services.Routing.Route(user, MailProtocol.Lmtp);
            if (!route.IsDone)
            {
                return Fail(address, route.Failure, route.Detail);
            }

            places.Add((MailboxText.Of(user.Name), route.Value.Store!, false));
        }

        var reply = await AddToAsync(address, places);
        if (reply.IsPositive)
        {
            _users.AddRange(users.Select((user, index) => (user, places[index].Node.Id)));
        }

        return reply;
    }

    private async ValueTask<RelayReply> AddToAsync(string address, List<(string User, StoreNode Node, bool IsSmarthost)> wanted)
    {
        foreach (var (_, node, isSmarthost) in wanted)
        {
            var opened = await OpenAsync(node, isSmarthost, isAlone: wanted.Count == 1);
            if (!opened.IsDone)
            {
                return Fail(address, opened.Failure, opened.Detail);
            }
        }

        var places = new List<(RelayTarget Target, int Index)>(wanted.Count);
        var added = new List<(string Node, string User)>(wanted.Count);
        using var limit = new CancellationTokenSource(services.Settings.Limits.StoreLogin, services.Time);
        foreach (var (user, named, isSmarthost) in wanted)
        {
            var (node, asked) = await AskAsync(user, named, added, limit.Token);
            if (!isSmarthost && !asked.Reply.IsPositive && _targets[node.Id].Referral is { } referral && await FollowAsync(referral, node, user, address) is { } home)
            {
                added.Remove((node.Id, user));
                _asked.Remove((node.Id, user));
                (node, asked) = await AskAsync(user, home, added, limit.Token);
            }

            var target = _targets[node.Id];
            if (!asked.Reply.IsPositive)
            {
                await TakeBackAsync(added);
                if (target.Fault is not null)
                {
                    SessionLog.RecipientFailed(
                        services.Logger, Microsoft.Extensions.Logging.LogLevel.Warning, session.Listener.Name, address, session.Id,
                        ProxyFailure.StoreTemporaryFailure, $"{target.Name}: {target.FaultDetail}");
                }

                if (target is { Fault: not null, Recipients.Count: 0 })
                {
                    // The next recipient of this store tries anew.
                    _targets.Remove(node.Id);
                    await target.DisposeAsync();
                }

                return asked.Reply;
            }

            places.Add((target, asked.Index));
        }

        Recipients.Add(new RelayRecipient(address, places));
        return new(250, "2.1.5 OK");
    }

    // The store refuses who has moved away; the other one is asked, if it is one of ours and can be reached. Only one step: whoever moves twice in a
    // moment is put off. Null: the refusal stands.
    private async ValueTask<StoreNode?> FollowAsync(UserReferral referral, StoreNode from, string user, string address)
    {
        var then = new RouteDecision(RouteOutcome.Routed, from.Id, from, RouteReason.None, "as a recipient");
        var next = services.Routing.Follow(referral, then, user, MailProtocol.Lmtp);
        if (next.IsDone && (await OpenAsync(next.Value.Store!, isSmarthost: false, isAlone: false)).IsDone)
        {
            return next.Value.Store;
        }

        SessionLog.RecipientFailed(
            services.Logger, Microsoft.Extensions.Logging.LogLevel.Warning, session.Listener.Name, address, session.Id, ProxyFailure.StoreReferred,
            next.IsDone ? $"{from.Id} refers {user} to {next.Value.StoreId}, which cannot be reached" : next.Detail);
        return null;
    }

    // The same user behind two addresses gets one copy.
    private async ValueTask<(StoreNode Node, (RelayReply Reply, int Index) Asked)> AskAsync(
        string user, StoreNode node, List<(string Node, string User)> added, CancellationToken cancellationToken)
    {
        if (!_asked.TryGetValue((node.Id, user), out var asked))
        {
            var target = _targets[node.Id];
            var reply = await target.AddAsync(user, cancellationToken);
            if (target.WasStale && await OpenInsteadAsync(target, node) is { } fresh)
            {
                target = fresh;
                reply = await target.AddAsync(user, cancellationToken);
            }

            asked = (reply, target.Recipients.Count - 1);
            _asked[(node.Id, user)] = asked;
            added.Add((node.Id, user));
        }

        return (node, asked);
    }

    // The store had closed a connection that rested: nothing was taken on it yet.
    private async ValueTask<RelayTarget?> OpenInsteadAsync(RelayTarget stale, StoreNode node)
    {
        _targets.Remove(node.Id);
        await stale.DisposeAsync();
        var opened = await OpenFreshAsync(node, isSmarthost: false, isAlone: true);
        if (!opened.IsDone)
        {
            // Its fault stays the store's answer.
            _targets[node.Id] = stale;
        }

        return opened.Value;
    }

    // The address is refused as a whole: those behind it who were taken must not get the message by way of its other recipients.
    private async ValueTask TakeBackAsync(List<(string Node, string User)> added)
    {
        using var limit = new CancellationTokenSource(services.Settings.Limits.StoreLogin, services.Time);
        foreach (var group in added.Where(entry => _asked[entry].Reply.IsPositive).GroupBy(entry => entry.Node).ToList())
        {
            await _targets[group.Key].TakeBackAsync(group.Count(), limit.Token);
        }

        foreach (var entry in added)
        {
            _asked.Remove(entry);
        }
    }

    private async ValueTask<Outcome<RelayTarget>> OpenAsync(StoreNode node, bool isSmarthost, bool isAlone)
    {
        if (_targets.TryGetValue(node.Id, out var present))
        {
            return present.Fault is null ? present : Outcome<RelayTarget>.Failed(ProxyFailure.StoreTemporaryFailure, present.FaultDetail);
        }

        if (!isSmarthost && services.Links.TryTake(node, session.Connection) is { } rested && await OpenOnAsync(rested, isSmarthost, isAlone, services.Settings.Limits.StoreLogin, null) is { IsDone: true } opened)
        {
            return opened;
        }

        return await OpenFreshAsync(node, isSmarthost, isAlone);
    }

    private async ValueTask<Outcome<RelayTarget>> OpenFreshAsync(StoreNode node, bool isSmarthost, bool isAlone)
    {
        if (isSmarthost)
        {
            var relayed = await services.Smarthost!.OpenAsync(node, session, envelope, services, deadline);
            if (relayed.IsDone)
            {
                _targets[node.Id] = relayed.Value;
            }

            return relayed;
        }

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

            var opened = await OpenOnAsync(new RelayLink(node, connected.Value), isSmarthost, isAlone, begun.Value.GreetingLimit, begun.Value);
            if (!services.Connector.Judge(begun.Value, connected.Value.Endpoint, opened))
            {
                return opened;
            }
        }
    }

    private async ValueTask<Outcome<RelayTarget>> OpenOnAsync(RelayLink link, bool isSmarthost, bool isAlone, TimeSpan patience, StoreTries? tries)
    {
        using var limit = deadline.Within(patience);
        using var nothing = new Secret([]);
        var node = link.Node;
        var target = new RelayTarget(link, node.Id, isLmtp: !isSmarthost, services.Links);
        var leg = new StoreLeg(
            node, "", StoreLoginMethod.External, null, nothing, link.Connection.UpgradeWith, session.Id, session.Client, session.Local, session.TimeToLive,
            services.Settings.HostName, tries);
        var opened = default(Outcome<RelayTarget>);
        try
        {
            opened = await target.OpenAsync(leg, envelope, services.Settings.Stores.TellClientAddress && !isSmarthost, isAlone, deadline.Token);
        }
        catch (OperationCanceledException) when (limit.HasPassed)
        {
            return Outcome<RelayTarget>.Failed(ProxyFailure.StoreTimeout, $"{node.Id} ({link.Connection.Endpoint}) did not answer in time");
        }
        finally
        {
            if (!opened.IsDone)
            {
                await target.DisposeAsync();
            }
        }

        if (opened.IsDone)
        {
            _targets[node.Id] = target;
        }

        return opened;
    }

    private RelayReply Fail(string address, ProxyFailure failure, string detail)
    {
        services.Metrics.Failed(session.Listener.Name, failure);
        SessionLog.RecipientFailed(services.Logger, FailureTable.Of(failure).Level, session.Listener.Name, address, session.Id, failure, detail);
        return RelayReply.Of(failure);
    }
}
