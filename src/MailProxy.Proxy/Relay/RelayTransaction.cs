using MailProxy.Directory;
using MailProxy.Protocols.Referrals;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;
using MailProxy.Transport.Connections;
using Microsoft.Extensions.Logging;

namespace MailProxy.Proxy.Relay;

/// <summary>
/// One MAIL transaction: who it is from, who it is for, and a target for every store that holds one of them. A store is opened when the first
/// of its recipients is named, so that a recipient whose store cannot take it now hears so at RCPT.
/// </summary>
internal sealed class RelayTransaction(
    RelayEnvelope envelope, SessionContext session, SessionServices services, RelayPolicy policy, SessionDeadline deadline, string helo) : IAsyncDisposable
{
    private TransactionStores _stores = new(envelope, session, services, deadline);
    private readonly Dictionary<(string Store, string Mailbox), RelayPlace> _places = [];

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
    public IReadOnlyList<RelayTarget> Targets => _stores.WithRecipients;

    /// <summary>
    /// Adds recipients that the client named in a row: each is looked up, routed, and taken by every store it concerns, or refused. Their stores are asked
    /// at once.
    /// </summary>
    /// <returns>The replies, in order.</returns>
    public ValueTask<IReadOnlyList<RelayReply>> AddAsync(IReadOnlyList<RecipientCommand> commands) =>
        AddAsync(commands, services.Settings.Limits.Recipients - Recipients.Count, policy.IsOneStore);

    private async ValueTask<IReadOnlyList<RelayReply>> AddAsync(IReadOnlyList<RecipientCommand> commands, int room, bool isOneStore)
    {
        var candidates = await FindAsync(commands);
        foreach (var candidate in candidates)
        {
            candidate.Refusal ??= room > 0 ? Judge(candidate) : new(452, "4.5.3 Too many recipients.");
            candidate.Refusal ??= isOneStore ? JudgeStores(candidate, candidates) : null;
            room -= candidate.Refusal is null ? 1 : 0;
        }

        await _stores.AskAsync(candidates, (candidate, failure, detail) => Fail(candidate.Address, failure, detail));
        foreach (var candidate in candidates)
        {
            await FollowAsync(candidate);
        }

        var replies = new RelayReply[candidates.Count];
        for (var i = 0; i < replies.Length; i++)
        {
            replies[i] = Settle(candidates[i]);
        }

        await _stores.TakeBackAsync(Forget(candidates));
        return replies;
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
    /// <param name="clock">The message's: its sender waits already, and it is finished even if the node stops.</param>
    /// <returns>The refusal; null: go on.</returns>
    public async ValueTask<RelayReply?> BeginAgainAsync(
        RelayEnvelope changed, IReadOnlyList<string> addresses, Func<string, RelayReply, bool> isNeeded, SessionDeadline clock)
    {
        var said = new Dictionary<string, RecipientCommand>(StringComparer.OrdinalIgnoreCase);
        Recipients.ForEach(recipient => said[recipient.Address] = recipient.Places[0].Command with { Address = recipient.Address });
        await DisposeAsync();
        _places.Clear();
        _users.Clear();
        Recipients.Clear();
        (envelope, deadline) = (changed, clock);
        _stores = new TransactionStores(envelope, session, services, deadline);

        // What the client may do in one transaction is no measure for a milter: it would be told the same each time the sender repeats.
        var commands = addresses.Select(address => said.GetValueOrDefault(address) ?? new RecipientCommand(address));
        IReadOnlyList<RelayReply> replies;
        try
        {
            replies = await AddAsync([.. commands], room: int.MaxValue, isOneStore: false);
        }
        catch (OperationCanceledException) when (clock.Token.IsCancellationRequested)
        {
            return Fail(addresses[0], ProxyFailure.StoreTimeout, "the message's time (Limits:RelayVerdict) was over before the stores had taken its recipients again");
        }

        for (var i = 0; i < replies.Count; i++)
        {
            if (!replies[i].IsPositive && (replies[i].IsTemporary || isNeeded(addresses[i], replies[i])))
            {
                // It was taken a moment ago: what is wrong now may be right in another.
                return replies[i].IsTemporary ? replies[i] : RelayReply.Of(ProxyFailure.StoreTemporaryFailure);
            }
        }

        return BeginMessage();
    }

    /// <summary>Cuts what is not finished; nothing of it remains at the stores.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stores.DisposeAsync();
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

    private async ValueTask<List<RecipientCandidate>> FindAsync(IReadOnlyList<RecipientCommand> commands)
    {
        var candidates = new List<RecipientCandidate>(commands.Count);
        foreach (var command in commands)
        {
            var isTaken = envelope.IsInternational || System.Text.Ascii.IsValid(command.Address);
            candidates.Add(new RecipientCandidate(command) { Refusal = isTaken ? null : new(553, "5.6.7 This address needs SMTPUTF8.") });
        }

        if (candidates is [var only])
        {
            only.Found = only.Refusal is null ? await LookUpAsync(only.Address) : null;
        }
        else
        {
            await Task.WhenAll(candidates.Where(static candidate => candidate.Refusal is null).Select(async candidate => candidate.Found = await LookUpAsync(candidate.Address)));
        }

        await session.Connection.ReturnHomeAsync();
        return candidates;
    }

    private ValueTask<LookupResult> LookUpAsync(string address) => RecipientLookUp.AskAsync(services, address, deadline.Token);

    // Null: it has its places now.
    private RelayReply? Judge(RecipientCandidate candidate)
    {
        var found = candidate.Found!;
        switch (found.Outcome)
        {
            case LookupOutcome.Found when found.Users.Count == 0:
                return Fail(candidate.Address, ProxyFailure.NoSuchUser, "an alias of nobody");
            case LookupOutcome.Found:
                return PlaceUsers(candidate, found.Users);
            case LookupOutcome.NoSuchUser:
                return Fail(candidate.Address, ProxyFailure.NoSuchUser, found.Detail);
            case LookupOutcome.NotOurDomain when policy.MayLeave && services.Smarthost is { Node: { State: not StoreState.Offline } relays }:
                candidate.Places.Add(PlaceAt(relays, candidate.Address, candidate.Command, isSmarthost: true));
                return null;
            case LookupOutcome.NotOurDomain when policy.MayLeave && services.Smarthost is { } smarthost:
                return Fail(candidate.Address, ProxyFailure.StoreUnreachable, smarthost.Node?.StateDetail ?? smarthost.Notice ?? "no relay is known");
            case LookupOutcome.NotOurDomain:
                return Fail(candidate.Address, ProxyFailure.RelayDenied, found.Detail);
            default:
                return Fail(candidate.Address, ProxyFailure.DirectoryUnavailable, found.Detail);
        }
    }

    // Everyone behind an alias is routed before any store is asked.
    private RelayReply? PlaceUsers(RecipientCandidate candidate, IReadOnlyList<DirectoryUser> users)
    {
        foreach (var user in users)
        {
            var route = services.Routing.Route(user, MailProtocol.Lmtp);
            if (!route.IsDone)
            {
                return Fail(candidate.Address, route.Failure, route.Detail);
            }

            var node = route.Value.Store!;
            candidate.Users.Add((user, node.Id));
            candidate.Places.Add(PlaceAt(node, MailboxText.Of(user.Name), candidate.Command, isSmarthost: false));
        }

        return null;
    }

    // The same user behind two addresses gets one copy.
    private RelayPlace PlaceAt(StoreNode node, string mailbox, RecipientCommand command, bool isSmarthost)
    {
        if (!_places.TryGetValue((node.Id, mailbox), out var place))
        {
            _places[(node.Id, mailbox)] = place = new RelayPlace(node, mailbox, command, isSmarthost);
        }

        return place;
    }

    // The first recipient decides which stores the transaction is for; an alias may bring several, as nobody could ever send to it otherwise.
    private RelayReply? JudgeStores(RecipientCandidate candidate, List<RecipientCandidate> candidates)
    {
        var first = Recipients.Count > 0 ? Recipients[0].Places : candidates.Find(static other => other.Refusal is null)!.Places;
        return candidate.Places.TrueForAll(place => first.Any(other => other.Node.Id == place.Node.Id))
            ? null
            : new(452, "4.5.3 This recipient is on another server: please send to it in a transaction of its own.");
    }

    // The store refuses who has moved away; the other one is asked, if it is one of ours and can be reached. Only one step: whoever moves twice in a
    // moment is put off, and so is whoever cannot be followed: the refusal stands, in words that send nobody's mail back.
    private async ValueTask FollowAsync(RecipientCandidate candidate)
    {
        for (var i = 0; i < candidate.Places.Count && candidate.Refusal is null; i++)
        {
            var place = candidate.Places[i];
            if (place.IsSmarthost || place.Target?.Referrals is not { } referrals || !referrals.TryGetValue(place, out var referral))
            {
                continue;
            }

            var then = new RouteDecision(RouteOutcome.Routed, place.Node.Id, place.Node, RouteReason.None, "as a recipient");
            var next = services.Routing.Follow(referral, then, place.Mailbox, MailProtocol.Lmtp);
            if (next.IsDone)
            {
                var there = PlaceAt(next.Value.Store!, place.Mailbox, candidate.Command, isSmarthost: false);
                if (there.Reply is not null || await _stores.AskAsync(there))
                {
                    candidate.Places[i] = there;
                    _places.Remove((place.Node.Id, place.Mailbox));
                    continue;
                }
            }

            SessionLog.RecipientFailed(
                services.Logger, LogLevel.Warning, session.Listener.Name, candidate.Address, session.Id, ProxyFailure.StoreReferred,
                next.IsDone ? $"{place.Node.Id} refers {place.Mailbox} to {next.Value.StoreId}, which cannot be reached" : next.Detail);
        }
    }

    private RelayReply Settle(RecipientCandidate candidate)
    {
        var reply = candidate.Reply;
        if (reply.IsPositive)
        {
            Recipients.Add(new RelayRecipient(candidate.Address, candidate.Places));
            _users.AddRange(candidate.Users);
            candidate.Places.ForEach(static place => place.IsKept = true);
        }
        else if (candidate.Refusal is null && candidate.Places.Find(static place => place.Target is { Fault: not null })?.Target is { } broken)
        {
            SessionLog.RecipientFailed(
                services.Logger, LogLevel.Warning, session.Listener.Name, candidate.Address, session.Id, ProxyFailure.StoreTemporaryFailure,
                $"{broken.Name}: {broken.FaultDetail}");
        }

        return reply;
    }

    // Places that no accepted recipient has; those that were taken there are returned.
    private List<RelayPlace> Forget(List<RecipientCandidate> candidates)
    {
        List<RelayPlace> taken = [];
        foreach (var candidate in candidates.Where(static candidate => !candidate.Reply.IsPositive))
        {
            foreach (var place in candidate.Places.Where(static place => !place.IsKept))
            {
                if (_places.Remove((place.Node.Id, place.Mailbox)) && place.Reply is { IsPositive: true })
                {
                    taken.Add(place);
                }
            }
        }

        return taken;
    }

    private RelayReply Fail(string address, ProxyFailure failure, string detail)
    {
        services.Metrics.Failed(session.Listener.Name, failure);
        SessionLog.RecipientFailed(services.Logger, FailureTable.Of(failure).Level, session.Listener.Name, address, session.Id, failure, detail);
        return RelayReply.Of(failure);
    }
}
