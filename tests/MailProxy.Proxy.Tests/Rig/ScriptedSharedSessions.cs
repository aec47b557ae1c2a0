using MailProxy.Proxy.Count;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>A count of all nodes whose verdicts a test writes.</summary>
internal sealed class ScriptedSharedSessions : ISharedSessions
{
    private readonly Lock _gate = new();
    private readonly List<SessionPlace> _in = [];

    /// <summary>What is said to whoever comes; null: it cannot say.</summary>
    public SessionCap? Verdict { get; set; } = SessionCap.None;

    /// <summary>Those who were told to be in, and did not leave.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _in.Count;
            }
        }
    }

    public async ValueTask<SessionCap?> EnterAsync(SessionPlace place, int perUser, int perUserAndAddress)
    {
        // Elsewhere, as over a network.
        await Task.Yield();
        lock (_gate)
        {
            if (Verdict is null or SessionCap.None)
            {
                _in.Add(place);
            }
        }

        return Verdict;
    }

    public void Leave(SessionPlace place)
    {
        lock (_gate)
        {
            _in.Remove(place);
        }
    }
}
