namespace MailProxy.Routing.Plans;

/// <summary>Spreads users over stores by weight: each to the store that has been given least for its weight, the largest users first. Pure.</summary>
public static class TargetSpread
{
    // A user without mail is a burden too: sessions, and the mail to come.
    private const long OctetsOfUser = 10_000_000;

    /// <summary>The store for each of these users.</summary>
    /// <param name="users">Users and their octets.</param>
    /// <param name="weights">Of the stores; at least one is above 0.</param>
    public static IReadOnlyDictionary<string, string> Spread(IEnumerable<(string User, long Octets)> users, IReadOnlyDictionary<string, int> weights)
    {
        var loads = weights.Where(weight => weight.Value > 0).OrderBy(weight => weight.Key, StringComparer.Ordinal).ToDictionary(weight => weight.Key, _ => 0.0, StringComparer.Ordinal);
        var homes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (user, octets) in users.OrderByDescending(user => user.Octets).ThenBy(user => user.User, StringComparer.Ordinal))
        {
            var least = loads.MinBy(load => (load.Value + octets + OctetsOfUser) / weights[load.Key]).Key;
            loads[least] += octets + OctetsOfUser;
            homes[user] = least;
        }

        return homes;
    }
}
