namespace MailProxy.Directory.Guard;

/// <summary>What is held against a user or an address: how many different wrong passwords, and when the next attempt may be made.</summary>
internal sealed class Suspect
{
    // Passwords that are known to be wrong already: a mail program with an old one tries it for days.
    private const int RememberedPasswords = 8;

    // More at once for one user are no person's, whatever their passwords.
    private const int MostAtOnce = 64;

    private readonly Lock _gate = new();
    private ulong[]? _passwords;
    private List<ulong>? _trying;
    private int _failures;
    private long _lastFailure;
    private long _turn;

    /// <summary>
    /// Takes the next turn and says how long it is until then: attempts at once get turns one after the other. Null: later than anybody waits, no turn
    /// was taken.
    /// </summary>
    /// <param name="now">Timestamp.</param>
    /// <param name="password">Keyed hash; one that counted already costs no delay more.</param>
    /// <param name="free">Failures without a delay.</param>
    /// <param name="countsTrying">Passwords that are being tried at this moment count like wrong ones; <see cref="Ended"/> must follow.</param>
    /// <param name="options">Delays.</param>
    /// <param name="chance">0 to 1: shuffles the delay.</param>
    /// <param name="time">For lengths.</param>
    public TimeSpan? TakeTurn(long now, ulong password, int free, bool countsTrying, GuardOptions options, double chance, TimeProvider time)
    {
        lock (_gate)
        {
            if (_failures > 0 && time.GetElapsedTime(_lastFailure, now) >= options.Memory)
            {
                (_failures, _turn, _passwords) = (0, 0, null);
            }

            if (IsKnownWrong(password) || MayTry(password, free, countsTrying))
            {
                return TimeSpan.Zero;
            }

            var wait = _turn > now ? time.GetElapsedTime(now, _turn) : TimeSpan.Zero;
            if (wait > options.LongestWait)
            {
                return null;
            }

            var delay = Backoff.After(_failures - free, options.FirstDelay, options.LongestDelay, chance);
            var turn = Math.Max(now, _turn);
            _turn = turn + (long)(delay.TotalSeconds * time.TimestampFrequency);
            return wait;
        }
    }

    /// <summary>A password was wrong.</summary>
    public void Failed(long now, ulong password)
    {
        lock (_gate)
        {
            _lastFailure = now;
            if (!IsKnownWrong(password))
            {
                _passwords ??= new ulong[RememberedPasswords];
                _passwords[_failures % RememberedPasswords] = password;
                _failures++;
            }
        }
    }

    /// <summary>A password is not being tried any more.</summary>
    public void Ended(ulong password)
    {
        lock (_gate)
        {
            _trying?.Remove(password);
        }
    }

    private bool IsKnownWrong(ulong password) => _passwords is not null && Array.IndexOf(_passwords, password) >= 0;

    private bool MayTry(ulong password, int free, bool countsTrying)
    {
        if (!countsTrying)
        {
            return _failures < free;
        }

        _trying ??= [];
        if (_trying.Count >= MostAtOnce || (!_trying.Contains(password) && _failures + _trying.Distinct().Count(one => !IsKnownWrong(one)) >= free))
        {
            return false;
        }

        _trying.Add(password);
        return true;
    }
}
