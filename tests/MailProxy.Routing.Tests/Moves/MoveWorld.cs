using MailProxy.Routing.Moves;
using MailProxy.Routing.Pins;
using Xunit;

namespace MailProxy.Routing.Tests.Moves;

/// <summary>
/// Two stores, a pin and a record, in memory: what is left when a command dies. Mail comes in whenever a store serves the user, and every change is
/// followed by the question that matters: do two stores serve now?
/// </summary>
internal sealed class MoveWorld : IStoreMover
{
    private int _holds;
    private int _copies;
    private int _mail;
    private int _operations;
    private (string After, string Hold)? _lateFence;

    public MoveRecord? Record { get; set; }

    public Pin Pin { get; set; } = new("store-1");

    /// <summary>The command dies at this operation, counted from 1; 0: never.</summary>
    public int CrashAt { get; set; }

    /// <summary>Whether it dies with the operation done or undone.</summary>
    public bool CrashAfter { get; set; }

    /// <summary>Fails so many times before it works.</summary>
    public Dictionary<string, int> Faults { get; } = [];

    public List<string> Done { get; } = [];

    public List<int> SourceMail { get; } = [];

    public List<int>? StagedMail { get; private set; }

    public List<int>? TargetMail { get; private set; }

    public string? Hold { get; private set; }

    public string? Fence { get; private set; }

    private string? StagedHold { get; set; }

    public bool SourceServes => Hold is null && Fence is null;

    public bool TargetServes => TargetMail is not null;

    /// <summary>Mail that was taken, all of it.</summary>
    public int Taken => _mail;

    /// <summary>One thing that happens to the world.</summary>
    public void Step(string what, Action change)
    {
        var isLast = ++_operations == CrashAt;
        if (isLast && !CrashAfter)
        {
            throw new CrashException();
        }

        if (Faults.TryGetValue(what, out var left) && left > 0)
        {
            Faults[what] = left - 1;
            throw new MoveException($"{what} does not work");
        }

        change();
        Done.Add(what);
        ArriveLate(what);
        Assert.False(SourceServes && TargetServes, $"two stores serve after {what}");
        Deliver();
        if (isLast)
        {
            throw new CrashException();
        }
    }

    /// <summary>The next run of a command.</summary>
    public void NextRun(int crashAt = 0, bool crashAfter = false) => (_operations, CrashAt, CrashAfter) = (0, crashAt, crashAfter);

    /// <summary>The dead command's hold runs out; a proxy that never heard of it brings mail.</summary>
    public void LoseHold()
    {
        Hold = null;
        if (SourceServes)
        {
            SourceMail.Add(++_mail);
        }
    }

    /// <summary>The fence that the dead command had sent under the hold of this moment arrives behind this operation.</summary>
    public void FenceLate(string after) => _lateFence = (after, Hold!);

    private void ArriveLate(string what)
    {
        if (_lateFence is { } late && late.After == what && Fence is null && Hold == late.Hold)
        {
            (Fence, Hold) = (Hold, null);
        }
    }

    // What proxies do: by the pin, and only to a store that takes it.
    private void Deliver()
    {
        if (Pin.State == PinState.Held)
        {
            return;
        }

        if (Pin.Store == "store-1" && SourceServes)
        {
            SourceMail.Add(++_mail);
        }
        else if (Pin.Store == "store-2" && TargetServes)
        {
            TargetMail!.Add(++_mail);
        }
    }

    /// <summary>Called with the number of each copy, from 0: for tests whose copies take their time.</summary>
    public Action<int>? BeforeCopy { get; set; }

    public Task CheckAsync(MoveRecord move, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task CopyAsync(MoveRecord move, bool isLast, IProgress<CopyProgress> progress, CancellationToken cancellationToken) => DoAsync("copy", () =>
    {
        BeforeCopy?.Invoke(_copies++);
        if (Fence is not null)
        {
            return;
        }

        (StagedMail, StagedHold) = ([.. SourceMail], Hold);
        if (isLast && StagedHold is null)
        {
            throw new MoveException("the source did not stand still");
        }
    });

    public Task HoldSourceAsync(MoveRecord move, TimeSpan lease, CancellationToken cancellationToken) => DoAsync("hold", () =>
    {
        if (Fence is null)
        {
            Hold ??= $"hold {++_holds}";
        }
    });

    public Task ReleaseSourceAsync(MoveRecord move, CancellationToken cancellationToken) => DoAsync("release", () => Hold = null);

    public Task FenceSourceAsync(MoveRecord move, CancellationToken cancellationToken) => DoAsync("fence", () =>
    {
        Fence ??= Hold is not null && Hold == StagedHold ? Hold : throw new MoveException("the hold ran out");
        Hold = null;
    });

    public Task UnfenceAsync(MoveRecord move, CancellationToken cancellationToken) => DoAsync("unfence", () => Fence = null);

    public Task ActivateAsync(MoveRecord move, CancellationToken cancellationToken) => DoAsync("activate", () =>
        TargetMail ??= StagedMail is { } mail && StagedHold == Fence ? [.. mail] : throw new MoveException("no complete copy"));

    public async Task<bool> DropCopyAsync(MoveRecord move, CancellationToken cancellationToken)
    {
        await DoAsync("drop", () => StagedMail = null);
        return TargetMail is null;
    }

    public Task PurgeAsync(MoveRecord move, CancellationToken cancellationToken) => DoAsync("purge", () => SourceMail.Clear());

    private Task DoAsync(string what, Action change)
    {
        Step(what, change);
        return Task.CompletedTask;
    }
}
