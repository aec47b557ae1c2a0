namespace MailProxy.Directory.Ldap;

/// <summary>Connections of one server and one purpose that rest between two questions: never more than threads that ask.</summary>
internal sealed class LdapLinks(TimeProvider time, TimeSpan idleLimit)
{
    // The one used last comes first: what rests too long is at the bottom.
    private readonly Stack<LdapLink> _resting = new();
    private bool _isClosed;

    /// <summary>One that rests; null if none does.</summary>
    public LdapLink? Take()
    {
        lock (_resting)
        {
            while (_resting.TryPop(out var link))
            {
                if (time.GetElapsedTime(link.RestsSince) < idleLimit)
                {
                    return link;
                }

                link.Dispose();
            }
        }

        return null;
    }

    /// <summary>Back to rest.</summary>
    public void Return(LdapLink link)
    {
        lock (_resting)
        {
            if (!_isClosed)
            {
                link.RestsSince = time.GetTimestamp();
                _resting.Push(link);
                return;
            }
        }

        link.Dispose();
    }

    /// <summary>Drops all that rest.</summary>
    /// <param name="forGood">Those that come back too.</param>
    public void Clear(bool forGood = false)
    {
        lock (_resting)
        {
            _isClosed |= forGood;
            while (_resting.TryPop(out var link))
            {
                link.Dispose();
            }
        }
    }
}
