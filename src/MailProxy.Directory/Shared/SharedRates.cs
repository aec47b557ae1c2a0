namespace MailProxy.Directory.Shared;

/// <summary>What users do within an hour, by all nodes, on the server.</summary>
public sealed class SharedRates
{
    // Of the server's clock: two are looked at, the present one and the one before.
    private const int HourSeconds = 3_600;

    private readonly SharedLink _link;
    private readonly SharedNames _names;

    internal SharedRates(SharedLink link, SharedNames names) => (_link, _names) = (link, names);

    /// <summary>Counts one more. False: the limit within an hour is reached, and it is not counted. Null: the server cannot be asked now.</summary>
    /// <param name="what">What is counted, a plain word.</param>
    /// <param name="user">Canonical name.</param>
    /// <param name="limit">At least 1.</param>
    public async ValueTask<bool?> TakeAsync(string what, string user, int limit) =>
        await _link.AskAsync(SharedScripts.Rate, [_names.Of("rate", what, user)], [limit, HourSeconds]) is { } answer ? (int)answer == 1 : null;
}
