using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MailProxy.Moving.Many;
using MailProxy.Routing.Catalog;

namespace MailProxy.Commands;

/// <summary>The options that the commands that move many users share.</summary>
internal sealed class ManyArguments
{
    private const int MostWeight = 1_000;

    private readonly ConfigArguments _config = ConfigArguments.OfOperator();
    private readonly Option<int> _parallel = new("--parallel") { Description = "Users that are moved at a time, 1 to 64; each store takes Moves:MaxPulls at the most.", DefaultValueFactory = _ => 8 };
    private readonly Option<int> _rate = new("--rate") { Description = "Moves that may begin in a minute; 0: as many as can." };
    private readonly Option<string?> _via = new("--via") { Description = "For stores that know no moves: a command that copies one user's mail, run with user, old and new store. Needs --users." };
    private readonly Option<FileInfo?> _users = new("--users") { Description = "For stores that cannot list their users: a file that does, one a line." };
    private readonly Option<bool> _purge = new("--purge") { Description = "Delete what is left behind of each user." };
    private readonly Option<int> _timeout = new("--timeout") { Description = "Seconds that a user may wait on hold before their move is taken back by itself.", DefaultValueFactory = _ => 60 };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Show what would be done." };
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on with what was interrupted, as it was begun." };
    private readonly Option<bool> _status = new("--status") { Description = "Tell how it stands." };
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object a line instead of text." };

    /// <summary>The configuration's file.</summary>
    public string File(ParseResult parsed) => _config.File(parsed);

    /// <summary>Its overrides.</summary>
    public IReadOnlyList<string> Overrides(ParseResult parsed) => _config.Overrides(parsed);

    /// <summary>Whether JSON was asked for.</summary>
    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Puts them on a command.</summary>
    public void AddTo(Command command)
    {
        RequireNumber(_parallel, 1, 64);
        RequireNumber(_rate, 0, 100_000);
        RequireNumber(_timeout, 1, 3_600);
        foreach (var option in (Option[])[_parallel, _rate, _via, _users, _purge, _timeout, _dryRun, _resume, _status, _json])
        {
            command.Options.Add(option);
        }

        _config.AddTo(command);
        command.Validators.Add(result =>
        {
            if (new[] { _dryRun, _resume, _status }.Count(result.GetValue) > 1)
            {
                result.AddError("--dry-run, --resume and --status are one at a time.");
            }

            if (result.GetValue(_via) is null != (result.GetValue(_users) is null) && !result.GetValue(_status))
            {
                result.AddError("--via COMMAND and --users FILE belong together: stores that cannot move users cannot list them either.");
            }
        });
    }

    /// <summary>What was asked.</summary>
    public ManyRequest Request(ParseResult parsed) => new()
    {
        Kind = parsed.GetValue(_dryRun) ? ManyRequestKind.DryRun
            : parsed.GetValue(_resume) ? ManyRequestKind.Resume
            : parsed.GetValue(_status) ? ManyRequestKind.Status
            : ManyRequestKind.Run,
        Parallel = parsed.GetValue(_parallel),
        Rate = parsed.GetValue(_rate),
        Via = parsed.GetValue(_via),
        Users = parsed.GetValue(_users)?.FullName,
        Purge = parsed.GetValue(_purge),
        Hold = TimeSpan.FromSeconds(parsed.GetValue(_timeout)),
    };

    /// <summary>An option of store ids, by commas or repeated.</summary>
    public static Option<string[]> Stores(string name, string description)
    {
        var option = new Option<string[]>(name) { Description = description, AllowMultipleArgumentsPerToken = false };
        option.Validators.Add(result => Require(result, name, Split(result.Tokens.Select(token => token.Value)).Select(StoreId.Problem)));
        return option;
    }

    /// <summary>An option of weights, <c>store-1=2,store-2=1</c>.</summary>
    public static Option<string[]> Weights(string description)
    {
        var option = new Option<string[]>("--weights") { Description = description, AllowMultipleArgumentsPerToken = false };
        option.Validators.Add(result => Require(result, "--weights", Split(result.Tokens.Select(token => token.Value)).Select(text => TryWeight(text) is null ? $"'{text}' is not STORE=0 to {MostWeight}" : null)));
        return option;
    }

    /// <summary>The values of <see cref="Stores"/>.</summary>
    public static IReadOnlyList<string> Split(IEnumerable<string>? values) =>
        [.. (values ?? []).SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct(StringComparer.Ordinal)];

    /// <summary>The values of <see cref="Weights"/>.</summary>
    public static IReadOnlyDictionary<string, int> WeightsOf(IEnumerable<string>? values)
    {
        var weights = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (store, weight) in Split(values).Select(TryWeight).OfType<(string, int)>())
        {
            weights[store] = weight;
        }

        return weights;
    }

    private static (string Store, int Weight)? TryWeight(string text) =>
        text.Split('=') is [var store, var number] && StoreId.Problem(store) is null
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var weight) && weight <= MostWeight
            ? (store, weight)
            : null;

    private static void Require(OptionResult result, string name, IEnumerable<string?> problems)
    {
        if (problems.FirstOrDefault(problem => problem is not null) is { } first)
        {
            result.AddError($"{name}: {first}.");
        }
    }

    private static void RequireNumber(Option<int> option, int least, int most) => option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && (number < least || number > most))
        {
            result.AddError($"{option.Name} takes a number from {least} to {most}.");
        }
    });
}
