using MailProxy.Testing;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>A command for <c>--via</c> that says that it runs, waits for a word, and ends with the exit code that the word is.</summary>
internal sealed class Copier : IDisposable
{
    private readonly TempDirectory _folder = new();

    public Copier()
    {
        File.WriteAllText(Path, $"""
            #!/bin/sh
            echo "copier runs for $1 from $2 to $3 in move $MAILPROXY_MOVE of $MAILPROXY_USER"
            while [ ! -e '{_folder.File("word")}' ]; do sleep 0.05; done
            exit $(cat '{_folder.File("word")}')
            """.ReplaceLineEndings("\n") + "\n");
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The command.</summary>
    public string Path => _folder.File("copy.sh");

    /// <summary>It ends with this exit code, and so does every later run.</summary>
    public void Say(int exitCode)
    {
        File.WriteAllText(_folder.File("word.new"), $"{exitCode}");
        File.Move(_folder.File("word.new"), _folder.File("word"), overwrite: true);
    }

    public void Dispose() => _folder.Dispose();
}
