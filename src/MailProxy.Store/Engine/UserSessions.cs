namespace MailProxy.Store.Engine;

/// <summary>The live sessions of a store by user, so that a move can end them.</summary>
public sealed class UserSessions(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<UserVisit>> _visits = new(StringComparer.Ordinal);

    /// <summary>A session begins. Before the user's mail is opened: a hold that is set in between ends it.</summary>
    /// <param name="user">Canonical name.</param>
    /// <param name="goodbye">Asks the session to end after the command under way.</param>
    /// <param name="abort">Cuts the connection.</param>
    public UserVisit Enter(string user, Action goodbye, Action abort)
    {
        var visit = new UserVisit(this, user, goodbye, abort);
        lock (_gate)
        {
            if (!_visits.TryGetValue(user, out var visits))
            {
                _visits.Add(user, visits = []);
            }

            visits.Add(visit);
        }

        return visit;
    }

    /// <summary>Sessions of a user at this moment.</summary>
    public int Count(string user)
    {
        lock (_gate)
        {
            return _visits.GetValueOrDefault(user)?.Count ?? 0;
        }
    }

    /// <summary>Ends all sessions of a user: politely, after <paramref name="grace"/> by force. False: some are not over another <paramref name="grace"/> later.</summary>
    public async Task<bool> EndAsync(string user, TimeSpan grace, CancellationToken cancellationToken)
    {
        foreach (var visit in Of(user))
        {
            visit.Goodbye();
        }

        if (await AreOverAsync(user, grace, cancellationToken))
        {
            return true;
        }

        foreach (var visit in Of(user))
        {
            visit.Abort();
        }

        return await AreOverAsync(user, grace, cancellationToken);
    }

    /// <summary>A session is over.</summary>
    internal void Leave(UserVisit visit)
    {
        lock (_gate)
        {
            if (_visits.TryGetValue(visit.User, out var visits) && visits.Remove(visit) && visits.Count == 0)
            {
                _visits.Remove(visit.User);
            }
        }
    }

    private List<UserVisit> Of(string user)
    {
        lock (_gate)
        {
            return [.. _visits.GetValueOrDefault(user) ?? []];
        }
    }

    private async Task<bool> AreOverAsync(string user, TimeSpan within, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(Of(user).Select(visit => visit.Over)).WaitAsync(within, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
