namespace MailProxy.Routing;

/// <summary>What a change of the routes can have moved, so that nobody has to ask for everybody.</summary>
/// <param name="Users">Canonical names of those whose home may be another now, or who are held or released; null: it may be anybody's.</param>
public sealed record RouteChange(IReadOnlyCollection<string>? Users)
{
    /// <summary>Domains, slots, or a first view: anybody may live elsewhere.</summary>
    public static readonly RouteChange Anybody = new((IReadOnlyCollection<string>?)null);

    /// <summary>Stores and their states: where they are dialled, and whether. Nobody's home is another.</summary>
    public static readonly RouteChange Nobody = new([]);

    /// <summary>Whether a user has to look again. In a change of many pins it is asked of few.</summary>
    public bool Concerns(string user) => Users?.Contains(user) ?? true;
}
