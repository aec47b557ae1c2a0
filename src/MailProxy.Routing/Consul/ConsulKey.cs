namespace MailProxy.Routing.Consul;

/// <summary>
/// Keys as Consul's HTTP API can carry them. A key with an empty, <c>.</c> or <c>..</c> segment or a leading slash is answered with a
/// redirect to ANOTHER key, even when it is percent-encoded: such keys are refused before they are sent.
/// </summary>
public static class ConsulKey
{
    /// <summary>Octets of a key in UTF-8. Consul's memdb takes more; a path of a few KiB is what every agent and proxy on the way takes.</summary>
    public const int MaxLength = 1024;

    /// <summary>Why the key cannot be used, as a phrase for people; null when it can. A trailing slash is fine (prefixes, folders).</summary>
    public static string? Problem(string key)
    {
        if (key.Length == 0)
        {
            return "a key must not be empty";
        }

        if (System.Text.Encoding.UTF8.GetByteCount(key) > MaxLength)
        {
            return $"a key must not be longer than {MaxLength} octets";
        }

        if (key.Any(char.IsControl))
        {
            return "a key must not hold control characters";
        }

        // Half of a surrogate pair has no UTF-8: it would be sent as U+FFFD, which is another key.
        if (!IsWellFormed(key))
        {
            return "a key must be well-formed Unicode";
        }

        var segments = key.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i].Length == 0 && (i == 0 || i < segments.Length - 1))
            {
                return $"the key '{key}' has an empty segment: Consul would answer for another key";
            }

            if (segments[i] is "." or "..")
            {
                return $"the key '{key}' has a '{segments[i]}' segment: Consul would answer for another key";
            }
        }

        return null;
    }

    /// <summary>The key for a URL: each segment percent-encoded, slashes kept.</summary>
    /// <exception cref="ArgumentException">The key cannot be used; see <see cref="Problem"/>.</exception>
    public static string Escape(string key)
    {
        if (Problem(key) is { } problem)
        {
            throw new ArgumentException(problem, nameof(key));
        }

        return string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
    }

    private static bool IsWellFormed(string key)
    {
        for (var i = 0; i < key.Length; i++)
        {
            if (char.IsHighSurrogate(key[i]) && i + 1 < key.Length && char.IsLowSurrogate(key[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(key[i]))
            {
                return false;
            }
        }

        return true;
    }
}
