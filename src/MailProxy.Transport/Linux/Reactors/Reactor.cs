using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using MailProxy.Transport.Linux.Native;
using MailProxy.Transport.Linux.Splice;
using Microsoft.Extensions.Logging;

namespace MailProxy.Transport.Linux.Reactors;

/// <summary>
/// One thread with one epoll. It owns every descriptor registered with it: only this thread calls the kernel for them, and whoever is elsewhere
/// posts. Readiness is edge-triggered and asked for once per descriptor, so waiting costs no system call.
/// </summary>
internal sealed unsafe class Reactor : IDisposable
{
    // One call returns at most so many; more only lengthens the time between two looks at the queue.
    private const int MaxEvents = 256;

    // What is posted while posted work runs waits for the next turn, so that sockets are looked at in between.
    private const int MaxPostedPerTurn = 1024;

    // The largest piece that is moved at once through user memory: four TLS records.
    private const int SharedSize = 64 * 1024;

    private const ulong WakeNumber = ulong.MaxValue;

    [ThreadStatic]
    private static Reactor? _current;

    private readonly SafeDescriptor _epoll = SafeDescriptor.Of(Libc.EpollCreate(Libc.CloseOnExec));
    private readonly SafeDescriptor _wake = SafeDescriptor.Of(Libc.EventDescriptor(0, Libc.NonBlocking | Libc.CloseOnExec));
    private readonly ConcurrentQueue<WorkItem> _posted = new();
    private readonly EpollEvents _events = new(MaxEvents);
    private readonly SlotTable _slots = new();
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private int _isAsleep;
    private long _now;
    private int _nowOf = -1;
    private volatile bool _isStopping;
    private volatile bool _hasEnded;

    /// <summary>Starts the thread.</summary>
    public Reactor(int number, TimeProvider time, ILogger logger)
    {
        _logger = logger;
        Time = time;
        Joins = new JoinSweep(this, time);
        Buffers = new BufferPool(this);
        byte* wanted = stackalloc byte[EpollEvents.MaxEventSize];
        EpollEvents.Write(wanted, EpollEvents.In | EpollEvents.EdgeTriggered, WakeNumber);
        if (Libc.EpollControl(_epoll.Value, Libc.EpollAdd, _wake.Value, wanted) != 0)
        {
            throw Errno.ToException(Marshal.GetLastPInvokeError());
        }

        _thread = new Thread(Run) { IsBackground = true, Name = $"mail reactor {number}" };
        _thread.Start();
    }

    /// <summary>The reactor whose thread this is; null elsewhere.</summary>
    public static Reactor? Current => _current;

    /// <summary>True on this reactor's thread.</summary>
    public bool IsCurrent => _current == this;

    /// <summary>The clock of everything that lives here.</summary>
    public TimeProvider Time { get; }

    /// <summary>A timestamp of this turn: precise enough for limits of seconds, and asked of the system once.</summary>
    public long Now
    {
        get
        {
            if (_nowOf != Turn)
            {
                (_now, _nowOf) = (Time.GetTimestamp(), Turn);
            }

            return _now;
        }
    }

    /// <summary>Counts the looks at the sockets; whoever has done much since the last one leaves the rest to the next.</summary>
    public int Turn { get; private set; }

    /// <summary>For pieces that come and go within one call.</summary>
    public byte[] Shared { get; } = GC.AllocateUninitializedArray<byte>(SharedSize, pinned: true);

    /// <summary>For dialogues.</summary>
    public BufferPool Buffers { get; }

    /// <summary>For bulk.</summary>
    public PipePool Pipes { get; } = new();

    /// <summary>Limits of the joins that live here.</summary>
    public JoinSweep Joins { get; }

    /// <summary>What it holds now; from any thread, each number for itself.</summary>
    public TransportUsage Usage => new(_slots.Count, Joins.Count, Pipes.Rented, Pipes.Kept, Buffers.Rented);

    /// <summary>Runs something on this thread, soon; from any thread.</summary>
    public void Post(SendOrPostCallback callback, object? state)
    {
        if (_hasEnded)
        {
            // Its descriptors are closed; what still wants to hear so hears it elsewhere.
            ThreadPool.UnsafeQueueUserWorkItem(item => item.Callback(item.State), new WorkItem(callback, state), preferLocal: false);
            return;
        }

        _posted.Enqueue(new WorkItem(callback, state));
        if (!IsCurrent)
        {
            Wake();
        }
    }

    /// <summary>Watches a descriptor from now on, edge-triggered, both directions; returns the number for <see cref="Remove"/>.</summary>
    public ulong Add(int descriptor, IEventTarget target)
    {
        var number = _slots.Add(target);
        byte* wanted = stackalloc byte[EpollEvents.MaxEventSize];
        EpollEvents.Write(wanted, EpollEvents.In | EpollEvents.Out | EpollEvents.PeerHangUp | EpollEvents.EdgeTriggered, number);
        if (Libc.EpollControl(_epoll.Value, Libc.EpollAdd, descriptor, wanted) != 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            _slots.Remove(number);
            throw Errno.ToException(errno);
        }

        return number;
    }

    /// <summary>Forgets a target whose descriptor is about to be closed, which takes it out of epoll by itself.</summary>
    public void Remove(ulong number) => _slots.Remove(number);

    /// <summary>Forgets a target whose descriptor moves to another reactor.</summary>
    public void Detach(int descriptor, ulong number)
    {
        _slots.Remove(number);
        Libc.EpollControl(_epoll.Value, Libc.EpollDelete, descriptor, null);
    }

    /// <summary>Ends the thread; connections that live are aborted.</summary>
    public void Dispose()
    {
        _isStopping = true;
        Wake();
        if (!IsCurrent)
        {
            _thread.Join();
        }
    }

    private void Wake()
    {
        // Only the first of many posts pays for the system call, and none does while the thread is at work anyway.
        if (Interlocked.Exchange(ref _isAsleep, 0) == 1)
        {
            try
            {
                var one = 1UL;
                Libc.Write(_wake, &one, sizeof(ulong));
            }
            catch (ObjectDisposedException)
            {
                // It ended meanwhile: there is nobody to wake.
            }
        }
    }

    private void Run()
    {
        _current = this;
        while (!_isStopping)
        {
            Turn++;
            Dispatch(Wait());
            RunPosted();
        }

        End();
    }

    private int Wait()
    {
        // Asleep is said before the queue is looked at, because a post in between must wake us. Exchange is a full fence.
        Interlocked.Exchange(ref _isAsleep, 1);
        var timeout = _posted.IsEmpty && !_isStopping ? -1 : 0;
        var count = Libc.EpollWait(_epoll.Value, _events.Start, _events.Count, timeout);
        Volatile.Write(ref _isAsleep, 0);
        return count;
    }

    private void Dispatch(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var (events, number) = _events[i];
            if (number == WakeNumber)
            {
                // Edge-triggered: the counter need not be read for the next write to wake us.
                continue;
            }

            try
            {
                _slots.Find(number)?.OnEvents(events);
            }
            catch (Exception exception)
            {
                _logger.LogCritical(exception, "A fault in the Linux transport; the connection it concerns may hang");
            }
        }
    }

    private void RunPosted()
    {
        // Counted before, because what posts itself again would otherwise run again before any socket is looked at.
        for (var left = Math.Min(_posted.Count, MaxPostedPerTurn); left > 0 && _posted.TryDequeue(out var item); left--)
        {
            try
            {
                item.Callback(item.State);
            }
            catch (Exception exception)
            {
                _logger.LogCritical(exception, "A fault in work that was posted to a reactor");
            }
        }
    }

    private void End()
    {
        foreach (var target in _slots.Targets)
        {
            (target as IDisposable)?.Dispose();
        }

        // What the ends above continue with still runs here.
        do
        {
            RunPosted();
            _hasEnded = _posted.IsEmpty;
        }
        while (!_hasEnded);

        Joins.Dispose();
        Pipes.Dispose();
        _wake.Dispose();
        _epoll.Dispose();
    }
}
