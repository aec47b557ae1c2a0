using System.Collections.Concurrent;
using MailProxy.Routing.Moves;

namespace MailProxy.Routing.Tests.Moves;

/// <summary>Users who are there because a test says so.</summary>
internal sealed class ScriptedPresence : IUserPresence
{
    private readonly ConcurrentDictionary<string, bool> present = new();

    public event Action<string>? Left;

    public bool IsPresent(string user) => present.ContainsKey(user);

    public void Come(string user) => present[user] = true;

    public void Leave(string user)
    {
        present.TryRemove(user, out _);
        Left?.Invoke(user);
    }
}
