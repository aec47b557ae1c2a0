namespace MailProxy.Routing.Moves;

/// <summary>
/// Drives one move from the step that is written down to its end, forwards or back. It may be stopped at any point, by a signal or by death: what it
/// does is written down before it is done, and the next run goes on from there.
/// </summary>
public sealed class MoveDriver(IMoveHandle handle, IStoreMover stores, MoveTimes times, TimeProvider time, IProgress<MoveProgress> progress)
{
    private readonly long _started = time.GetTimestamp();
    private long? _heldSince;
    private TimeSpan _held;
    private string _reason = "";

    /// <summary>Drives to the end.</summary>
    /// <exception cref="OperationCanceledException">Stopped between or within two steps: the move stands as it is.</exception>
    /// <exception cref="MoveException">It cannot go on, nor by itself back: the text says what to do.</exception>
    public async Task<MoveResult> RunAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, handle.Lost);
        try
        {
            return await RunOwnedAsync(either.Token);
        }
        catch (OperationCanceledException) when (handle.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new MoveException($"the session that holds this move is lost (Consul was away for too long). Go on with 'mailproxy user move {handle.Move.User} --resume'.");
        }
    }

    private async Task<MoveResult> RunOwnedAsync(CancellationToken cancellationToken)
    {
        using var budget = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        var actions = MoveMachine.ResumeActions(handle.Move.Step);
        while (true)
        {
            if (handle.Move.Undo)
            {
                if (await TakeBackAsync(cancellationToken))
                {
                    return new MoveResult(MoveOutcome.TakenBack, _reason, _held);
                }

                // The new store has the last word: it serves the user already.
                actions = MoveMachine.Actions(handle.Move.Step);
            }

            BeginHold(budget);
            if (!await TryStepAsync(actions, budget.Token, cancellationToken))
            {
                await WriteAsync(handle.Move with { Undo = true }, cancellationToken);
                continue;
            }

            if (handle.Move.Step == MoveStep.Finishing)
            {
                return new MoveResult(MoveOutcome.Moved, "", _held);
            }

            await WriteAsync(handle.Move with { Step = MoveMachine.Next(handle.Move.Step) }, cancellationToken);
            actions = MoveMachine.Actions(handle.Move.Step);
        }
    }

    private void BeginHold(CancellationTokenSource budget)
    {
        if (MoveMachine.IsHeld(handle.Move.Step) && _heldSince is null)
        {
            _heldSince = time.GetTimestamp();
            budget.CancelAfter(times.Hold);
        }
    }

    // False: the step did not work out, and can be taken back by itself.
    private async Task<bool> TryStepAsync(IReadOnlyList<MoveAction> actions, CancellationToken budget, CancellationToken cancellationToken)
    {
        if (handle.Move.Step >= MoveStep.Fencing)
        {
            await InsistAsync(actions, cancellationToken);
            return true;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(budget, cancellationToken);
        try
        {
            foreach (var action in actions)
            {
                await DoAsync(action, either.Token);
            }

            return true;
        }
        catch (OperationCanceledException) when (budget.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            _reason = handle.Move.Step == MoveStep.Confirming
                ? $"not every proxy confirmed within {times.Hold.TotalSeconds:0} s; missing: {string.Join(", ", await handle.UnconfirmedAsync(cancellationToken))}"
                : $"the rest of the mail was not copied within {times.Hold.TotalSeconds:0} s of hold; copy again when the user is less busy, or with a longer --timeout";
        }
        catch (MoveException e) when (!handle.Lost.IsCancellationRequested)
        {
            _reason = e.Message;
        }

        Report($"{_reason}; the move is taken back");
        return false;
    }

    // From the fence on a store that does not answer is asked again: going back is no safer than going on.
    private async Task InsistAsync(IReadOnlyList<MoveAction> actions, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var told = "";
        for (var next = 0; next < actions.Count; next++)
        {
            try
            {
                await DoAsync(actions[next], cancellationToken);
            }
            catch (MoveException e) when (actions[next] == MoveAction.Purge)
            {
                Report($"what is left behind at {handle.Move.From} was not deleted: {e.Message}");
            }
            catch (MoveException e) when (actions[next] != MoveAction.Forget && time.GetElapsedTime(began) < times.Hold)
            {
                if (told != e.Message)
                {
                    Report($"{e.Message}; trying on");
                    told = e.Message;
                }

                await Task.Delay(times.Retry, time, cancellationToken);

                // The old store's hold may have run out meanwhile: from its beginning.
                actions = MoveMachine.ResumeActions(handle.Move.Step);
                next = -1;
            }
        }
    }

    private async Task<bool> TakeBackAsync(CancellationToken cancellationToken)
    {
        var step = handle.Move.Step;
        foreach (var action in MoveMachine.UndoActions(step))
        {
            try
            {
                if (action == MoveAction.DropCopy && !await stores.DropCopyAsync(handle.Move, cancellationToken))
                {
                    Report($"{handle.Move.To} serves {handle.Move.User} already: the move cannot be taken back, so it is finished. Move the user back when it is.");
                    await WriteAsync(handle.Move with { Undo = false, Step = MoveStep.Activating }, cancellationToken);
                    return false;
                }

                await DoAsync(action, cancellationToken);
            }
            catch (MoveException e) when (MoveMachine.IsCourtesy(action, step))
            {
                Report($"{e.Message}; that does no harm");
            }
        }

        return true;
    }

    private async Task DoAsync(MoveAction action, CancellationToken cancellationToken)
    {
        var move = handle.Move;
        switch (action)
        {
            case MoveAction.CopyAhead:
                Report($"copying what there is from {move.From} to {move.To}; {move.User} is served meanwhile");
                await CopyAheadAsync(cancellationToken);
                break;
            case MoveAction.AwaitProxies:
                await AwaitProxiesAsync(cancellationToken);
                break;
            case MoveAction.HoldSource:
                await stores.HoldSourceAsync(move, times.Lease, cancellationToken);
                break;
            case MoveAction.CopyRest:
                Report("copying the rest");
                await CopyRestAsync(cancellationToken);
                break;
            case MoveAction.FenceSource:
                Report(move.Via is null ? $"{move.From} sends {move.User} on from now on" : "all mail is copied");
                await stores.FenceSourceAsync(move, cancellationToken);
                break;
            case MoveAction.Activate:
                Report(move.Via is null ? $"the copy becomes the mail of {move.User} at {move.To}" : "the route changes");
                await stores.ActivateAsync(move, cancellationToken);
                break;
            case MoveAction.Purge when move.Purge:
                Report($"deleting what is left behind at {move.From}");
                await stores.PurgeAsync(move, cancellationToken);
                break;
            case MoveAction.Unfence:
                await stores.UnfenceAsync(move, cancellationToken);
                break;
            case MoveAction.ReleaseSource:
                await stores.ReleaseSourceAsync(move, cancellationToken);
                break;
            case MoveAction.Forget or MoveAction.Restore:
                await handle.ForgetAsync(restore: action == MoveAction.Restore, cancellationToken);
                EndHold();
                Report(action == MoveAction.Restore ? $"{move.User} stays at {move.From}" : $"{move.User} lives at {move.To}");
                break;
        }
    }

    // Mail comes in while a large mailbox is copied. What came is copied again and again, each time in less time, or it would be copied while the user waits.
    private async Task CopyAheadAsync(CancellationToken cancellationToken)
    {
        for (var round = 1; round <= times.Rounds; round++)
        {
            var began = time.GetTimestamp();
            await CopyAsync(isLast: false, cancellationToken);
            if (time.GetElapsedTime(began) < times.ShortCopy)
            {
                return;
            }
        }
    }

    private async Task AwaitProxiesAsync(CancellationToken cancellationToken)
    {
        Report($"{handle.Move.User} is on hold; sessions are ended, logins wait");
        var told = "";
        var pause = times.FirstLook;
        while (await handle.UnconfirmedAsync(cancellationToken) is { Count: > 0 } missing)
        {
            var text = string.Join(", ", missing);
            if (text != told)
            {
                Report($"waiting for {text}");
                told = text;
            }

            // Proxies that hear at once are not waited for longer than that takes.
            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < times.Look ? pause * 2 : times.Look;
        }

        Report("every proxy has confirmed");
    }

    // The old store's hold is kept up while the copy lasts.
    private async Task CopyRestAsync(CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var keeping = KeepHoldAsync(done.Token);
        var copying = CopyAsync(isLast: true, done.Token);
        try
        {
            await await Task.WhenAny(copying, keeping);
            await copying;
        }
        finally
        {
            // Both are over before anything else is done: a copy must not go on while the user is served again.
            await done.CancelAsync();
            await Task.WhenAll(copying, keeping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task KeepHoldAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(times.Lease / 3, time, cancellationToken);
            await stores.HoldSourceAsync(handle.Move, times.Lease, cancellationToken);
        }
    }

    private Task CopyAsync(bool isLast, CancellationToken cancellationToken) => stores.CopyAsync(
        handle.Move, isLast, new DirectProgress<CopyProgress>(copied => progress.Report(new MoveProgress(handle.Move.Step, Elapsed, "copied", copied))), cancellationToken);

    private async Task WriteAsync(MoveRecord next, CancellationToken cancellationToken)
    {
        await handle.WriteAsync(next, cancellationToken);
        if (next.Step == MoveStep.Finishing)
        {
            EndHold();
        }
    }

    private void EndHold()
    {
        if (_heldSince is { } since && _held == TimeSpan.Zero)
        {
            _held = time.GetElapsedTime(since);
        }
    }

    private TimeSpan Elapsed => time.GetElapsedTime(_started);

    private void Report(string text) => progress.Report(new MoveProgress(handle.Move.Step, Elapsed, text));
}
