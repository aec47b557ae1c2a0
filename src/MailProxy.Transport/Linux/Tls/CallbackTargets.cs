using System.Collections.Concurrent;

namespace MailProxy.Transport.Linux.Tls;

/// <summary>
/// Finds the object that a callback of OpenSSL is meant for by a number that OpenSSL keeps. A number that means nothing any more is harmless,
/// which a pointer would not be: OpenSSL's contexts live as long as a session of theirs does, and that is longer than ours.
/// </summary>
internal static class CallbackTargets<T>
    where T : class
{
    private static readonly ConcurrentDictionary<nint, WeakReference<T>> Known = new();
    private static int _last;

    /// <summary>The number of a new target, never 0; the target takes it off when it goes.</summary>
    public static nint Add(T target)
    {
        var number = Interlocked.Increment(ref _last);
        Known[number] = new WeakReference<T>(target);
        return number;
    }

    /// <summary>The target, if it still lives.</summary>
    public static T? Find(nint number) => Known.TryGetValue(number, out var reference) && reference.TryGetTarget(out var target) ? target : null;

    /// <summary>Forgets a target.</summary>
    public static void Remove(nint number) => Known.TryRemove(number, out _);
}
