using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Routing.Catalog;
using MailProxy.Transport.Connections;

namespace MailProxy.Proxy.Relay;

/// <summary>
/// The stores of one transaction. Those that a group of recipients concerns are opened at once, and then asked at once, so that a slow one costs the
/// others nothing; what is done for several at a time touches nothing that they share, because transports without a home thread run it on several.
/// </summary>
/// <param name="envelope">What MAIL says.</param>
/// <param name="session">Whose message it is.</param>
/// <param name="services">What sessions share.</param>
/// <param name="deadline">The session's.</param>
internal sealed class TransactionStores(RelayEnvelope envelope, SessionContext session, SessionServices services, SessionDeadline deadline) : IAsyncDisposable
{
    private readonly Dictionary<string, RelayTarget> _targets = new(StringComparer.Ordinal);
    private readonly TargetOpener _opener = new(envelope, session, services);

    /// <summary>Those that have a recipient.</summary>
    public IReadOnlyList<RelayTarget> WithRecipients => [.. _targets.Values.Where(static target => target.Recipients.Count > 0)];

    /// <summary>
    /// Asks for every place that has no answer yet of those who are not refused. A candidate for whom a store cannot be reached is refused before any store is
    /// asked for it: most refusals then leave no half of it behind.
    /// </summary>
    /// <param name="candidates">In order.</param>
    /// <param name="refuse">Makes the reply for a failure, and tells the log.</param>
    public async ValueTask AskAsync(IReadOnlyList<RecipientCandidate> candidates, Func<RecipientCandidate, ProxyFailure, string, RelayReply> refuse)
    {
        // A second round only for connections that rested and turned out to be closed.
        for (var isFirst = true; ; isFirst = false)
        {
            var failed = await OpenAsync(Unanswered(candidates), mayReuse: isFirst);
            foreach (var candidate in failed is null ? [] : candidates)
            {
                if (candidate.Refusal is null && candidate.Places.Find(place => failed!.ContainsKey(place.Node.Id)) is { } lost)
                {
                    var report = failed![lost.Node.Id];
                    candidate.Refusal = refuse(candidate, report.Failure, report.Detail);
                }
            }

            var places = Unanswered(candidates);
            if (places.Count == 0)
            {
                return;
            }

            await AskAllAsync(places);
            if (!isFirst || !await ForgetStaleAsync(places))
            {
                return;
            }
        }
    }

    /// <summary>Asks one more store, to which another has referred. False: it cannot be reached.</summary>
    public async ValueTask<bool> AskAsync(RelayPlace place)
    {
        if (await OpenAsync([place], mayReuse: true) is null)
        {
            await AskAllAsync([place]);
            if (!await ForgetStaleAsync([place]))
            {
                return true;
            }

            if (await OpenAsync([place], mayReuse: false) is null)
            {
                await AskAllAsync([place]);
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// After the answers: those who were taken for nothing must not get the message by way of its other recipients, and a store that broke before it had
    /// anybody is tried anew for the next recipient.
    /// </summary>
    public async ValueTask TakeBackAsync(IReadOnlyCollection<RelayPlace> places)
    {
        if (places.Count > 0)
        {
            using var limit = deadline.Within(services.Settings.Limits.StoreLogin);
            var groups = places.GroupBy(static place => place.Target!).ToList();
            if (groups is [var only])
            {
                await only.Key.TakeBackAsync([.. only], deadline.Token);
            }
            else
            {
                await Task.WhenAll(groups.Select(group => group.Key.TakeBackAsync([.. group], deadline.Token).AsTask()));
                await session.Connection.ReturnHomeAsync();
            }
        }

        foreach (var target in _targets.Values)
        {
            if (target is { Fault: not null, Recipients.Count: 0 })
            {
                _targets.Remove(target.Name);
                await target.DisposeAsync();
            }
        }
    }

    /// <summary>Cuts what is not finished; nothing of it remains at the stores.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var target in _targets.Values)
        {
            await target.DisposeAsync();
        }

        _targets.Clear();
    }

    private static List<RelayPlace> Unanswered(IReadOnlyList<RecipientCandidate> candidates)
    {
        var places = new List<RelayPlace>(candidates.Count);
        foreach (var candidate in candidates)
        {
            foreach (var place in candidate.Places)
            {
                if (candidate.Refusal is null && place.Reply is null && !places.Contains(place))
                {
                    places.Add(place);
                }
            }
        }

        return places;
    }

    // Opens what is not open yet. Null: all are; else why some are not.
    private async ValueTask<Dictionary<string, FailureReport>?> OpenAsync(List<RelayPlace> places, bool mayReuse)
    {
        Dictionary<string, FailureReport>? failed = null;
        List<RelayPlace>? missing = null;
        foreach (var place in places)
        {
            if (!_targets.TryGetValue(place.Node.Id, out var present))
            {
                missing ??= [];
                if (!missing.Exists(other => other.Node.Id == place.Node.Id))
                {
                    missing.Add(place);
                }
            }
            else if (present.Fault is not null)
            {
                (failed ??= [])[place.Node.Id] = new FailureReport(ProxyFailure.StoreTemporaryFailure, present.FaultDetail, null);
            }
        }

        if (missing is [var only])
        {
            Enter(only, await _opener.OpenAsync(only.Node, only.IsSmarthost, mayReuse, deadline), ref failed);
        }
        else if (missing is not null)
        {
            var opened = await OpenAllAsync(missing, mayReuse);
            for (var i = 0; i < missing.Count; i++)
            {
                Enter(missing[i], opened[i], ref failed);
            }
        }

        return failed;
    }

    private void Enter(RelayPlace place, Outcome<RelayTarget> opened, ref Dictionary<string, FailureReport>? failed)
    {
        if (opened.IsDone)
        {
            _targets[place.Node.Id] = opened.Value;
        }
        else
        {
            (failed ??= [])[place.Node.Id] = opened.Report!;
        }
    }

    private async ValueTask<Outcome<RelayTarget>[]> OpenAllAsync(List<RelayPlace> places, bool mayReuse)
    {
        var opening = places.ConvertAll(place => OpenBesideAsync(place, mayReuse));
        try
        {
            return await Task.WhenAll(opening);
        }
        catch
        {
            foreach (var done in opening.Where(task => task.IsCompletedSuccessfully && task.Result.IsDone))
            {
                await done.Result.Value!.DisposeAsync();
            }

            throw;
        }
        finally
        {
            await session.Connection.ReturnHomeAsync();
        }
    }

    // With limits of its own, which end with the session's.
    private async Task<Outcome<RelayTarget>> OpenBesideAsync(RelayPlace place, bool mayReuse)
    {
        using var own = new SessionDeadline(services.Deadlines, services.Settings.Limits.RelayMessage, CancellationToken.None, deadline.Token);
        return await _opener.OpenAsync(place.Node, place.IsSmarthost, mayReuse, own);
    }

    private async ValueTask AskAllAsync(List<RelayPlace> places)
    {
        using var limit = deadline.Within(services.Settings.Limits.StoreLogin);
        if (places is [var only])
        {
            await _targets[only.Node.Id].AskAsync(places, deadline.Token);
            return;
        }

        var groups = places.GroupBy(static place => place.Node.Id).ToList();
        await Task.WhenAll(groups.Select(group => _targets[group.Key].AskAsync([.. group], deadline.Token).AsTask()));
        await session.Connection.ReturnHomeAsync();
    }

    // The store had closed a connection that rested: nothing was taken on it yet.
    private async ValueTask<bool> ForgetStaleAsync(List<RelayPlace> places)
    {
        var isAny = false;
        foreach (var place in places.Where(static place => place.Target is { WasStale: true }))
        {
            isAny = true;
            (place.Reply, place.Target) = (null, null);
            if (_targets.Remove(place.Node.Id, out var stale))
            {
                await stale.DisposeAsync();
            }
        }

        return isAny;
    }
}
