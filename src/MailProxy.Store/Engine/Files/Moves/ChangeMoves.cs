using System.Collections.Immutable;
using MailProxy.Store.Engine.Files.Commit;
using MailProxy.Store.Engine.Files.State;
using MailProxy.Store.Moves.Api;

namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>The steps of a move that change a user as a whole. On the committer's thread, so that nothing else of the user changes in between. Each may be repeated.</summary>
internal static class ChangeMoves
{
    /// <summary>Begins or renews a hold.</summary>
    public static bool Hold(CommitGroup group, string user, string move, TimeSpan lease)
    {
        MoveRecord record = group.MoveOf(user);
        if (record.Fence is { } fence)
        {
            // Further than held: the command finds that in the answer.
            return fence.Move == move ? false : throw MoveConflict.Other(user, "fenced", fence.Move);
        }

        if (record.Stage is { } stage)
        {
            throw MoveConflict.Of($"{user} is not served here yet: move '{stage.Move}' is bringing the mail. Finish or abort that one first.");
        }

        UserHold? hold = group.Gate.Hold(user);
        if (hold is not null && hold.Move != move)
        {
            throw MoveConflict.Other(user, "held", hold.Move);
        }

        // One that ran out is a new one: the user may have been served in between.
        group.Gate.SetHold(user, move, hold?.Id ?? Guid.NewGuid().ToString("N"), lease);
        return true;
    }

    /// <summary>Ends a hold.</summary>
    public static bool Release(CommitGroup group, string user, string move)
    {
        if (group.Gate.Hold(user) is not { } hold)
        {
            return false;
        }

        if (hold.Move != move)
        {
            throw MoveConflict.Other(user, "held", hold.Move);
        }

        group.Gate.EndHold(user);
        return true;
    }

    /// <summary>The user leaves. Only while the hold lasts under which the copy was completed: otherwise mail may have come that is in no copy.</summary>
    public static bool Fence(CommitGroup group, string user, FenceRequest request)
    {
        MoveRecord record = group.MoveOf(user);
        if (record.Fence is { } fence)
        {
            return fence.Move == request.Move && fence.Hold == request.Hold ? false : throw MoveConflict.Other(user, "fenced", fence.Move);
        }

        UserHold? hold = group.Gate.Hold(user);
        if (hold is null || hold.Move != request.Move || hold.Id != request.Hold)
        {
            throw MoveConflict.Of($"{user} is not held by hold '{request.Hold}' any more, so the copy may miss mail: hold and pull once more, then fence.");
        }

        group.SetMove(user, record with { Fence = new(request.Move, request.Hold, request.To), Stage = null });
        return true;
    }

    /// <summary>The user stays after all. The fence becomes nothing, not a hold: whoever gives up wants the user served.</summary>
    public static bool Unfence(CommitGroup group, UserState user, string move)
    {
        MoveRecord record = group.MoveOf(user.Name);
        if (record.Fence is not { } fence)
        {
            return false;
        }

        if (fence.Move != move)
        {
            throw MoveConflict.Other(user.Name, "fenced", fence.Move);
        }

        if (user.PendingMailboxes.IsEmpty && fence.IsPurged)
        {
            throw MoveConflict.Of($"The mail that {user.Name} left here has been removed: there is nothing to go back to.");
        }

        if (record.Stage is { } stage)
        {
            throw MoveConflict.Of($"Move '{stage.Move}' is bringing {user.Name} back here: abort that one first.");
        }

        group.SetMove(user.Name, record with { Fence = null });
        return true;
    }

    /// <summary>Removes what a fenced user left behind. The fence stays.</summary>
    public static bool Purge(CommitGroup group, UserState user, string move)
    {
        if (group.MoveOf(user.Name).Fence is not { } fence)
        {
            throw MoveConflict.Of($"{user.Name} has not left this store, so nothing is left behind. Nothing was removed.");
        }

        if (fence.Move != move)
        {
            throw MoveConflict.Other(user.Name, "fenced", fence.Move);
        }

        group.SetMove(user.Name, group.MoveOf(user.Name) with { Fence = fence with { IsPurged = true } });
        return Empty(group, user);
    }

    /// <summary>Begins a pull: makes the stage, or takes up the one of this move again, incomplete until the pull is finished.</summary>
    public static bool BeginStage(CommitGroup group, UserState user, string move, string from, long now)
    {
        MoveRecord record = group.MoveOf(user.Name);
        if (record.Stage is { } stage && stage.Move != move)
        {
            throw MoveConflict.Other(user.Name, "staged", stage.Move);
        }

        if (record.Activated == move && record.Fence is null)
        {
            throw MoveConflict.Of($"Move '{move}' has brought {user.Name} here already.");
        }

        if (record.Fence is null && (!user.PendingMailboxes.IsEmpty || group.Gate.Hold(user.Name) is not null))
        {
            throw MoveConflict.Of(
                $"{user.Name} has mail here that no finished move left behind: this store may be serving the user, or mail was delivered to it by mistake. "
                + "Look at it (mailproxy user, IMAP); move or remove it before the user is moved here.");
        }

        group.SetMove(user.Name, record with { Stage = new(move, from, null, record.Stage?.Source, now) });
        return true;
    }

    /// <summary>The pull has reached its source: the same as before, or none before.</summary>
    public static bool BindStage(CommitGroup group, string user, string source)
    {
        MoveRecord record = group.MoveOf(user);
        StageRecord stage = record.Stage!;
        if (stage.Source is null)
        {
            group.SetMove(user, record with { Stage = stage with { Source = source } });
        }

        return stage.Source is null || stage.Source == source
            ? true
            : throw MoveConflict.Of($"Move '{stage.Move}' has staged {user} from {stage.Source}, and {stage.From} is {source}: drop the staged copy first, or give the right address.");
    }

    /// <summary>Refuses work for a stage that was dropped meanwhile.</summary>
    public static void MustBeStaged(CommitGroup group, string user, string move)
    {
        if (group.MoveOf(user).Stage?.Move != move)
        {
            throw MoveConflict.Of($"The staged copy of {user} was dropped or activated meanwhile.");
        }
    }

    /// <summary>Drops the staged copy.</summary>
    public static bool DropStage(CommitGroup group, string user, UserState staged, string move)
    {
        MoveRecord record = group.MoveOf(user);
        if (record.Stage is not { } stage)
        {
            return false;
        }

        if (stage.Move != move)
        {
            throw MoveConflict.Other(user, "staged", stage.Move);
        }

        Empty(group, staged);
        group.SetStagedNames(user, null);
        group.SetMove(user, record with { Stage = null });
        return true;
    }

    /// <summary>The staged copy becomes the user's mail; what an earlier stay left behind goes.</summary>
    public static bool Activate(CommitGroup group, UserState user, UserState staged, StagedNames? names, string move, string hold)
    {
        MoveRecord record = group.MoveOf(user.Name);
        if (record.Stage is not { } stage)
        {
            return record.Activated == move && record.Fence is null
                ? false
                : throw MoveConflict.Of($"There is no staged copy of {user.Name} of move '{move}': pull first.");
        }

        if (stage.Move != move)
        {
            throw MoveConflict.Other(user.Name, "staged", stage.Move);
        }

        if (stage.Hold is null || stage.Hold != hold || names is null)
        {
            throw MoveConflict.Of($"The staged copy of {user.Name} is not complete under hold '{hold}': pull once more while the source is held or fenced.");
        }

        if (record.Fence is null && !user.PendingMailboxes.IsEmpty)
        {
            throw MoveConflict.Of($"{user.Name} has mail here that no finished move left behind: move or remove it first.");
        }

        Empty(group, user);
        ImmutableSortedDictionary<string, MailboxNode>.Builder mailboxes = user.PendingMailboxes.ToBuilder();
        foreach (StagedName name in names.Names)
        {
            MailboxState? mailbox = name.Source == 0 ? null : staged.PendingMailboxes[StagedCopy.NameOf(name.Source)].Mailbox;
            mailboxes[name.Name] = new(name.SpecialUse, mailbox);
        }

        group.Touch(user);
        group.Touch(staged);
        user.PendingMailboxes = mailboxes.ToImmutable();
        user.PendingSubscriptions = user.PendingSubscriptions.Union(names.Subscriptions);
        staged.PendingMailboxes = staged.PendingMailboxes.Clear();
        group.RaiseUidValidity(names.LastUidValidity);
        group.SetStagedNames(user.Name, null);
        group.SetMove(user.Name, new(null, null, move));
        return true;
    }

    private static bool Empty(CommitGroup group, UserState user)
    {
        foreach (MailboxNode node in user.PendingMailboxes.Values)
        {
            if (node.Mailbox is { } mailbox)
            {
                group.ReleaseMailbox(mailbox);
            }
        }

        group.Touch(user);
        user.PendingMailboxes = user.PendingMailboxes.Clear();
        user.PendingSubscriptions = user.PendingSubscriptions.Clear();
        return true;
    }
}
