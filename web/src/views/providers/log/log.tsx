import { useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Empty, Failure, SkeletonRows } from '../../../ui/states.tsx';
import { FilterText } from '../../requests/filter-text.tsx';
import { downloadLog } from './download.ts';
import { useLog } from './follow.ts';
import { LogLines } from './log-lines.tsx';

/** A program's output: its last lines, and new ones. */
export function Log({ name }: { readonly name: string }) {
  const [search, setSearch] = useState('');
  const [isFollowed, setFollowed] = useState(true);
  const { lines, isLoaded, error } = useLog(name, search, isFollowed);
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-2">
        <FilterText
          label="Search in the log"
          placeholder="Search …"
          value={search}
          onChange={(text) => {
            setSearch(text);
            setFollowed(true);
          }}
          isSearch
          className="w-full sm:w-64"
        />
        <Button aria-pressed={isFollowed} onClick={() => setFollowed(!isFollowed)}>
          <Icon name={isFollowed ? 'pause' : 'start'} />
          {isFollowed ? 'Pause' : 'Resume'}
        </Button>
        <Button onClick={() => void downloadLog(name)}>
          <Icon name="download" />
          Download
        </Button>
      </div>
      {error && lines.length === 0 && <Failure error={error} />}
      {!isLoaded && <SkeletonRows rows={8} className="h-4" />}
      {isLoaded && !error && lines.length === 0 && (
        <Empty title={search === '' ? 'The log is empty.' : `No line contains “${search}”.`}>
          {isFollowed && 'New lines appear here as they are written.'}
        </Empty>
      )}
      {lines.length > 0 && <LogLines name={name} lines={lines} search={search} />}
    </div>
  );
}
