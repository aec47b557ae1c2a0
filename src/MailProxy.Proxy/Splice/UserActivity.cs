using System.Runtime.InteropServices;

namespace MailProxy.Proxy.Splice;

/// <summary>
/// What is under way for users besides their sessions: logins between "routed" and "entered", messages on their way to a store. Whoever begins counts
/// itself in first and looks at the route after that: so once a hold is published and the count is nought, nothing slips in behind it.
/// </summary>
internal sealed class UserActivity
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>Raised when the last of a user has ended.</summary>
    public event Action<string>? Ended;

    /// <summary>Whether anything is under way.</summary>
    public bool IsActive(string user)
    {
        lock (_gate)
        {
            return _counts.ContainsKey(user);
        }
    }

    /// <summary>Counts in.</summary>
    public void Begin(string user)
    {
        lock (_gate)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, user, out _)++;
        }
    }

    /// <summary>Counts out; once for each <see cref="Begin"/>.</summary>
    public void End(string user)
    {
        lock (_gate)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(_counts, user);
            if (--count > 0)
            {
                return;
            }

            _counts.Remove(user);
        }

        Ended?.Invoke(user);
    }
}
