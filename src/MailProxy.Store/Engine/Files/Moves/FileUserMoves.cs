using System.Text;
using System.Text.Json;
using MailProxy.Store.Engine.Files.Commit;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.State;
using MailProxy.Store.Moves.Api;

namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>The steps of moves at this store. Refusals are <see cref="StoreFaultException"/>s of kind MoveConflict; everything is durable on return but holds.</summary>
internal sealed class FileUserMoves(StoreParts parts)
{
    /// <summary>What this store does for a user.</summary>
    public UserMoveState Get(string user, string store)
    {
        UserState state = parts.Users.Acquire(user);
        try
        {
            MoveRecord record = parts.Gate.Record(user);
            UserHold? hold = record.Fence is null ? parts.Gate.Hold(user) : null;
            return new(
                user,
                store,
                record.Fence is not null ? UserServing.Fenced : hold is not null ? UserServing.Held : UserServing.Serving,
                !state.Mailboxes.IsEmpty,
                record.Fence?.Move ?? hold?.Move,
                record.Fence?.Hold ?? hold?.Id,
                hold?.Ends,
                record.Fence?.To,
                record.Stage is { } stage ? new(stage.Move, stage.From, stage.Hold) : null,
                record.Activated);
        }
        finally
        {
            parts.Users.Release(state);
        }
    }

    /// <summary>Begins or renews a hold. On return no change of the user is under way or will be made; sessions are the caller's.</summary>
    public Task HoldAsync(string user, string move, TimeSpan lease, CancellationToken cancellationToken)
        => parts.Committer.SubmitAsync(group => ChangeMoves.Hold(group, user, move, lease), cancellationToken);

    /// <summary>Ends a hold.</summary>
    public Task ReleaseAsync(string user, string move, CancellationToken cancellationToken)
        => parts.Committer.SubmitAsync(group => ChangeMoves.Release(group, user, move), cancellationToken);

    /// <summary>Fences.</summary>
    public Task FenceAsync(string user, FenceRequest request, CancellationToken cancellationToken)
        => parts.Committer.SubmitAsync(group => ChangeMoves.Fence(group, user, request), cancellationToken);

    /// <summary>Takes the fence away.</summary>
    public Task UnfenceAsync(string user, string move, CancellationToken cancellationToken)
        => WithUserAsync(user, (group, state) => ChangeMoves.Unfence(group, state, move), cancellationToken);

    /// <summary>Removes a left-behind copy.</summary>
    public Task PurgeAsync(string user, string move, CancellationToken cancellationToken)
        => WithUserAsync(user, (group, state) => ChangeMoves.Purge(group, state, move), cancellationToken);

    /// <summary>Begins a pull, or takes one up again.</summary>
    public async Task<StagedCopy> BeginStageAsync(string user, string move, string from, CancellationToken cancellationToken)
    {
        await WithUserAsync(user, (group, state) => ChangeMoves.BeginStage(group, state, move, from, parts.Taken.Now), cancellationToken);
        return new StagedCopy(parts, user, move);
    }

    /// <summary>Drops the staged copy.</summary>
    public Task DropStageAsync(string user, string move, CancellationToken cancellationToken) => WithUserAsync(
        StagedCopy.StagedUserOf(user), (group, staged) => ChangeMoves.DropStage(group, user, staged, move), cancellationToken);

    /// <summary>Drops a staged copy if it still is as it was read; false: somebody has gone on with it.</summary>
    public async Task<bool> DropStageAsync(string user, StageRecord stage, CancellationToken cancellationToken)
    {
        bool isDropped = false;
        await WithUserAsync(
            StagedCopy.StagedUserOf(user),
            (group, staged) => isDropped = group.MoveOf(user).Stage == stage && ChangeMoves.DropStage(group, user, staged, stage.Move),
            cancellationToken);
        return isDropped;
    }

    /// <summary>Staged copies of which no pull has begun for so long, by user.</summary>
    public IReadOnlyList<(string User, StageRecord Stage)> ForgottenStages(TimeSpan age) =>
        [.. parts.Gate.Stages.Where(one => parts.Taken.Now - one.Stage.Touched >= age.TotalSeconds)];

    /// <summary>Makes the staged copy the user's mail.</summary>
    public async Task ActivateAsync(string user, string move, string hold, CancellationToken cancellationToken)
    {
        UserState staged = parts.Users.Acquire(StagedCopy.StagedUserOf(user));
        try
        {
            await WithUserAsync(
                user,
                (group, state) =>
                {
                    // Durable: an earlier group wrote it, or there is nothing complete to activate.
                    StagedNames? names = group.Database.Get(StoreTable.Staged, Encoding.UTF8.GetBytes(user)) is { } value
                        ? JsonSerializer.Deserialize(value, MoveRecordJson.Default.StagedNames) : null;
                    return ChangeMoves.Activate(group, state, staged, names, move, hold);
                },
                cancellationToken);
        }
        finally
        {
            parts.Users.Release(staged);
        }
    }

    /// <summary>Who is served here.</summary>
    public UserRoll Roll => new(parts);

    /// <summary>Refuses users who have never been here, for so long unless it is asked again. On return everybody who was taken before is in the roll.</summary>
    public Task CloseToNewcomersAsync(string move, TimeSpan lease, CancellationToken cancellationToken)
        => parts.Committer.SubmitAsync(group => group.Gate.Newcomers.Close(move, lease), cancellationToken);

    /// <summary>Takes them again.</summary>
    public Task OpenToNewcomersAsync(string move, CancellationToken cancellationToken)
        => parts.Committer.SubmitAsync(group => group.Gate.Newcomers.Open(move), cancellationToken);

    /// <summary>A reader of a user's mail for another store.</summary>
    public UserExport Export(string user) => new(parts, user);

    private async Task WithUserAsync(string user, Func<CommitGroup, UserState, bool> change, CancellationToken cancellationToken)
    {
        UserState state = parts.Users.Acquire(user);
        try
        {
            await parts.Committer.SubmitAsync(group => change(group, state), cancellationToken);
        }
        finally
        {
            parts.Users.Release(state);
        }
    }
}
