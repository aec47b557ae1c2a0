using System.DirectoryServices.Protocols;
using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.Ldap;

/// <summary>One server: its resting connections, and whether it is any use now. Its questions block: for the provider's own threads.</summary>
internal sealed class LdapServer(LdapServerAddress address, LdapDialler dialler, LdapDirectoryOptions options, ILogger logger, TimeProvider time) : IDisposable
{
    /// <summary>One slow answer may be one slow question; a second one without a quick one between them is the server.</summary>
    private const int SlowAnswersInARow = 2;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);

    private readonly LdapLinks _searching = new(time, options.IdleLimit);
    private readonly LdapLinks _binding = new(time, options.IdleLimit);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private string? _problem = "not asked yet";
    private Task _recovery = Task.CompletedTask;
    private int _slow;
    private int _failedProbes;

    /// <summary>Where it is.</summary>
    public LdapServerAddress Address => address;

    /// <summary>Why it is put aside; null while it is asked.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>Asks on a connection that is bound as the service account, or on one that only users are bound on.</summary>
    /// <exception cref="LdapFaultException">No answer.</exception>
    public T Ask<T>(bool asUser, Deadline deadline, Func<LdapConnection, T> question)
    {
        var links = asUser ? _binding : _searching;
        if (links.Take() is { } rested)
        {
            try
            {
                return On(rested, links, question);
            }
            catch (LdapFaultException fault) when (fault.Fault == LdapFault.Unreachable && deadline.Remaining > TimeSpan.Zero)
            {
                // It died while it rested (an idle limit, a restart), and so did the others: that says nothing of a new one.
                links.Clear();
            }
        }

        LdapLink fresh;
        try
        {
            fresh = dialler.Dial(address, asUser, deadline);
        }
        catch (LdapFaultException fault)
        {
            Judge(fault);
            throw;
        }

        return On(fresh, links, question, judge: true);
    }

    /// <summary>Tries a connection, and keeps it. What comes of it is <see cref="Problem"/>; from then on a failing server is tried again by itself.</summary>
    public void Probe()
    {
        try
        {
            _searching.Return(dialler.Dial(address, isForUsers: false, new Deadline(time, options.Budget)));
            Back();
        }
        catch (LdapFaultException fault)
        {
            PutAside(fault.Message);
        }
    }

    /// <summary>Ends trying, and the connections that rest.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _searching.Clear(forGood: true);
        _binding.Clear(forGood: true);
    }

    /// <summary>For the owner to wait for, after <see cref="Dispose"/>.</summary>
    public Task Ended
    {
        get
        {
            lock (_gate)
            {
                return _recovery;
            }
        }
    }

    private T On<T>(LdapLink link, LdapLinks links, Func<LdapConnection, T> question, bool judge = false)
    {
        try
        {
            var answer = link.Call(question);
            links.Return(link);
            Volatile.Write(ref _slow, 0);
            return answer;
        }
        catch (LdapFaultException fault)
        {
            if (fault.Fault is LdapFault.Refused or LdapFault.Busy)
            {
                links.Return(link);
            }
            else
            {
                // After a time-out the answer may still come, and would be taken for that of the next question.
                link.Dispose();
            }

            if (judge || fault.Fault != LdapFault.Unreachable)
            {
                Judge(fault);
            }

            throw;
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    private void Judge(LdapFaultException fault)
    {
        var isUseless = fault.Fault is LdapFault.Unreachable or LdapFault.Busy
            || (fault.Fault == LdapFault.TimedOut && Interlocked.Increment(ref _slow) >= SlowAnswersInARow);
        if (isUseless)
        {
            PutAside(fault.Message);
        }
    }

    private void PutAside(string problem)
    {
        lock (_gate)
        {
            var isNew = _recovery.IsCompleted;
            Volatile.Write(ref _problem, problem);
            if (!isNew || _end.IsCancellationRequested)
            {
                return;
            }

            _failedProbes = 0;
            var pause = NextPause();
            LdapLog.PutAside(logger, address, Math.Round(pause.TotalSeconds, 1), problem);
            _recovery = RecoverAsync(pause);
        }

        _searching.Clear();
        _binding.Clear();
    }

    // Ends with the server's return, or with the provider.
    private async Task RecoverAsync(TimeSpan pause)
    {
        while (true)
        {
            await Task.Delay(pause, time, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_end.IsCancellationRequested)
            {
                return;
            }

            // A thread of its own: it blocks, and the pool's threads carry everybody's sessions.
            var problem = await Task.Factory.StartNew(Try, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            lock (_gate)
            {
                if (problem is null)
                {
                    _recovery = Task.CompletedTask;
                    Back();
                    return;
                }

                Volatile.Write(ref _problem, problem);
                pause = NextPause();
            }
        }
    }

    private string? Try()
    {
        try
        {
            _searching.Return(dialler.Dial(address, isForUsers: false, new Deadline(time, options.Budget)));
            return null;
        }
        catch (LdapFaultException fault)
        {
            return fault.Message;
        }
    }

    private void Back()
    {
        Volatile.Write(ref _slow, 0);
        if (Interlocked.Exchange(ref _problem, null) is not null)
        {
            LdapLog.Answers(logger, address);
        }
    }

    private TimeSpan NextPause() => Backoff.After(_failedProbes++, FirstPause, options.LongestPause, Random.Shared.NextDouble());
}
